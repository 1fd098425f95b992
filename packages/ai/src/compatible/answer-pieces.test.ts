import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerText } from './answer-text.ts'
import { TaggedThoughts } from './tagged-thoughts.ts'
import { TEXT_CASES } from './test-text-cases.ts'

const NAMES = ['math__add', 'odd__tool']

/** What is left of a text that arrives in these pieces. */
function read(pieces: readonly string[]): { text: string; calls: unknown } {
  const thoughts = new TaggedThoughts('until-known')
  const answer = new AnswerText(NAMES)
  let text = ''
  for (const piece of pieces) text += answer.push(thoughts.push(piece))
  text += answer.push(thoughts.end())
  const end = answer.end()
  return { text: text + end.text, calls: end.calls }
}

/** A text cut at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b)
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end))
}

const places = fc.array(fc.nat(10_000), { maxLength: 40 })
const special = TEXT_CASES.flatMap(({ reply }) => (typeof reply === 'string' ? [textOf(reply)] : []))

/** The text of a stream. */
function textOf(events: string): string {
  return [...events.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
    .map(([, json = '""']) => JSON.parse(json) as string)
    .join('')
}

test('where a text is cut on its way makes no difference', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...special),
      fc.constantFrom('', 'Well.\n', '\n\nBye.'),
      places,
      (text, more, at) => {
        const whole = text + more
        expect(read(cut(whole, at))).toEqual(read([whole]))
      },
    ),
    { numRuns: 500 },
  )
})

test('a text without thoughts and calls arrives as it is', () => {
  const words = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        '<b>',
        'a < b',
        '`<think>`',
        '[1]',
        '[T]',
        '\n```\n<tool_call>\n```\n',
        '</div>',
        '{"a": 1}',
        '◁',
        '<|',
        '|>',
      ),
    ),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(words, places, (parts, at) => {
      const text = `Hello. ${parts.join(' ')}`
      expect(read(cut(text, at)).text).toBe(text)
    }),
    { numRuns: 1_000 },
  )
})
