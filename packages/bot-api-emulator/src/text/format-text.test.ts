import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BotApiError } from '../bot-api-error.ts'
import type { FormatRequest } from './format-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { formatText } from './format-text.ts'

/** Returns an empty result if the request is refused; any other error is thrown. */
function formatOrRefuse(request: FormatRequest): FormattedText {
  try {
    return formatText(request)
  } catch (error) {
    if (error instanceof BotApiError) return { text: '', entities: [] }
    throw error
  }
}

describe('formatText', () => {
  it('cuts white space around the text and moves entities along', () => {
    const entities = [{ type: 'bold' as const, offset: 3, length: 4 }]
    expect(formatText({ text: '\n  hi  \n', entities })).toEqual({
      text: 'hi',
      entities: [{ type: 'bold', offset: 0, length: 2 }],
    })
  })

  it('drops carriage returns and turns other control characters into spaces', () => {
    const entities = [{ type: 'bold' as const, offset: 3, length: 3 }]
    expect(formatText({ text: 'a\r\nb\tc', entities })).toEqual({
      text: 'a\nb c',
      entities: [{ type: 'bold', offset: 2, length: 3 }],
    })
  })

  it('adds what it finds by itself, but not inside code or links', () => {
    const { entities } = formatText({ text: '`/a` /b [e.org](https://x.org)', parseMode: 'Markdown' })
    expect(entities.map(({ type, offset }) => [type, offset])).toEqual([
      ['code', 0],
      ['bot_command', 3],
      ['text_link', 6],
    ])
  })

  it.each([
    [[{ offset: 9, length: 1 }], 'entity begins after the end of the text at UTF-16 offset 9'],
    [
      [{ offset: 1, length: 9 }],
      'entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 10',
    ],
    [[{ offset: 1, length: 1 }], 'entity begins in a middle of a UTF-16 symbol at byte offset'],
    [[{ offset: 0, length: 1 }], 'entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol'],
    [[{ offset: -1, length: 1 }], 'receive an entity with incorrect offset -1'],
    [[{ offset: 0, length: -1 }], 'receive an entity with incorrect length -1'],
  ])('refuses entities at %j of an emoji', (ranges, message) => {
    const entities = ranges.map(({ offset, length }) => ({ type: 'bold' as const, offset, length }))
    const text = message.includes('offset 10') ? 'xyz' : '😀'
    expect(() => formatText({ text, entities })).toThrow(message)
  })

  it('refuses halves of characters and texts beyond 32 KB', () => {
    expect(() => formatText({ text: 'x\ud83d' })).toThrow('Bad Request: strings must be encoded in UTF-8')
    expect(() => formatText({ text: 'é'.repeat(20_000) })).toThrow('Bad Request: text is too long')
  })

  it('names the parse mode it does not know and the place it cannot parse', () => {
    expect(() => formatText({ text: 'x', parseMode: 'bbcode' })).toThrow(
      'Bad Request: unsupported parse_mode',
    )
    expect(() => formatText({ text: '<b>', parseMode: 'html' })).toThrow(
      'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    )
  })

  it('keeps every entity inside the text, whatever the text and ranges', () => {
    const range = fc.record({
      offset: fc.nat(12),
      length: fc.nat(12),
      type: fc.constantFrom('bold', 'code', 'italic', 'text_link'),
    })
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.array(range, { maxLength: 4 }),
        (text, ranges) => {
          const formatted = formatOrRefuse({ text, entities: ranges as never })
          for (const { offset, length } of formatted.entities) {
            expect(offset).toBeGreaterThanOrEqual(0)
            expect(length).toBeGreaterThan(0)
            expect(offset + length).toBeLessThanOrEqual(formatted.text.length)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
