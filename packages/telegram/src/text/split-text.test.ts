import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FormattedText } from './formatted-text.ts'
import { plainText, splitText } from './formatted-text.ts'

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '\n\n',
    '\n',
    '. ',
    ' ',
    '👨‍👩‍👧‍👦',
    'e\u0301\u0301',
    '🇩🇪🇫🇷',
    '\u0301'.repeat(40),
    'x'.repeat(70),
  ),
)

const formatted: fc.Arbitrary<FormattedText> = fc
  .array(piece, { maxLength: 40 })
  .map((pieces) => plainText(pieces.join('')).text)
  .chain((text) =>
    fc.array(fc.tuple(fc.nat(text.length), fc.nat(text.length)), { maxLength: 6 }).map((ranges) => ({
      text,
      entities: ranges
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => ({ type: 'bold' as const, offset: Math.min(a, b), length: Math.abs(a - b) })),
    })),
  )

/** Which entities cover each unit of the whole text. */
function coverage(parts: readonly FormattedText[], length: number): number[] {
  const covered = Array.from({ length }, () => 0)
  let base = 0
  for (const part of parts) {
    for (const { offset, length: run } of part.entities) {
      for (let unit = offset; unit < offset + run; unit++) covered[base + unit]! += 1
    }
    base += part.text.length
  }
  return covered
}

describe('splitText', () => {
  it('keeps every unit, every limit and every formatted unit, and tears no surrogate pair', () => {
    fc.assert(
      fc.property(
        formatted,
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: 8, max: 60 }),
        (source, limit, first) => {
          const parts = splitText(source, limit, first)
          expect(parts.map((part) => part.text).join('')).toBe(source.text)
          parts.forEach((part, index) => {
            expect(part.text.length).toBeLessThanOrEqual(index === 0 ? first : limit)
            expect(part.text.isWellFormed()).toBe(true)
            for (const { offset, length } of part.entities) {
              expect(length).toBeGreaterThan(0)
              expect(offset + length).toBeLessThanOrEqual(part.text.length)
            }
          })
          expect(coverage(parts, source.text.length)).toEqual(coverage([source], source.text.length))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('cuts between paragraphs before lines, sentences and words', () => {
    const cut = (text: string): string[] => splitText(plainText(text), 40).map((part) => part.text)
    expect(cut('First paragraph, some words.\n\nSecond one\nwith a line.')).toEqual([
      'First paragraph, some words.\n\n',
      'Second one\nwith a line.',
    ])
    expect(cut('One line of twenty-five c\nand a second line of text.')).toEqual([
      'One line of twenty-five c\n',
      'and a second line of text.',
    ])
    expect(cut('The first sentence ends here. The second goes on.')).toEqual([
      'The first sentence ends here. ',
      'The second goes on.',
    ])
    expect(cut('no punctuation at all in these quite long words here')).toEqual([
      'no punctuation at all in these quite ',
      'long words here',
    ])
  })

  it('does not tear an emoji of many parts', () => {
    const family = '👨‍👩‍👧‍👦'
    const parts = splitText(plainText(`${'x'.repeat(30)}${family}${'y'.repeat(10)}`), 36)
    expect(parts.map((part) => part.text)).toEqual(['x'.repeat(30), `${family}${'y'.repeat(10)}`])
  })

  it('goes on with a code block in the next part', () => {
    const code = Array.from({ length: 8 }, (_, line) => `  line ${line}\n`).join('')
    const source: FormattedText = {
      text: code,
      entities: [{ type: 'pre', language: 'js', offset: 0, length: code.length }],
    }
    const parts = splitText(source, 30)
    expect(parts.length).toBeGreaterThan(2)
    for (const part of parts) {
      expect(part.entities).toEqual([{ type: 'pre', language: 'js', offset: 0, length: part.text.length }])
      expect(part.text.endsWith('\n')).toBe(true)
    }
  })

  it('cuts before formatting that fits into the next part, and within longer formatting', () => {
    const bold = (offset: number, length: number) => ({ type: 'bold', offset, length }) as const
    const text = 'Some words before it, bold words that stay together. And more.'
    const together = splitText({ text, entities: [bold(22, 30)] }, 40)
    expect(together.map((part) => part.text)).toEqual([
      'Some words before it, ',
      'bold words that stay together. And more.',
    ])
    const long = splitText({ text, entities: [bold(0, text.length)] }, 40)
    expect(long.length).toBe(2)
    expect(long.every(({ entities, text: { length } }) => entities[0]?.length === length)).toBe(true)
  })

  it('cuts behind formatting that begins the part and fits, wherever its lines end', () => {
    const bold = `${'word '.repeat(760)}\n${'word '.repeat(30)}`
    const text = bold + 'tail '.repeat(100)
    const parts = splitText({ text, entities: [{ type: 'bold', offset: 0, length: bold.length }] })
    expect(parts.map(({ entities }) => entities)).toEqual([
      [{ type: 'bold', offset: 0, length: bold.length }],
      [],
    ])
    expect(parts[0]?.text).toMatch(/tail $/)
  })

  it('cuts tables between their rows only, however wide those are', () => {
    const row = (index: number): string => `${index} | ${'cell and more words. '.repeat(3)}|`
    const table = Array.from({ length: 6 }, (_, index) => row(index)).join('\n')
    const parts = splitText(
      { text: table, entities: [{ type: 'pre', offset: 0, length: table.length }] },
      100,
    )
    expect(parts.map((part) => part.text.trimEnd())).toEqual(table.split('\n'))
  })

  it('puts a code block that fits whole into the next part', () => {
    const words = 'Words that come before it, a line of them.\n'
    const code = 'let a = 1\nlet b = 2\nlet c = 3\n'
    const source: FormattedText = {
      text: words + code,
      entities: [{ type: 'pre', offset: words.length, length: code.length }],
    }
    expect(splitText(source, 60).map((part) => part.text)).toEqual([words, code])
  })

  it('splits a mebibyte without a space in well under a second', () => {
    const before = process.cpuUsage()
    const parts = splitText(plainText('😀'.repeat(2 ** 18)))
    expect(parts.length).toBe(128)
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
  })
})
