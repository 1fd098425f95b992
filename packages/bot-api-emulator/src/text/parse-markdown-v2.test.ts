import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntityParseError } from './entity-parse-error.ts'
import type { FormattedText } from './formatted-text.ts'
import { parseMarkdownV2 } from './parse-markdown-v2.ts'

/** Returns an empty result if the text is refused; any other error is thrown. */
function parseOrRefuse(source: string): FormattedText {
  try {
    return parseMarkdownV2(source)
  } catch (error) {
    if (error instanceof EntityParseError) return { text: '', entities: [] }
    throw error
  }
}

describe('parseMarkdownV2', () => {
  it.each([
    ['*bold*', 'bold', [{ type: 'bold', offset: 0, length: 4 }]],
    [
      '_it_ __under__',
      'it under',
      [
        { type: 'italic', offset: 0, length: 2 },
        { type: 'underline', offset: 3, length: 5 },
      ],
    ],
    [
      '~gone~ ||secret||',
      'gone secret',
      [
        { type: 'strikethrough', offset: 0, length: 4 },
        { type: 'spoiler', offset: 5, length: 6 },
      ],
    ],
    ['`a*b`', 'a*b', [{ type: 'code', offset: 0, length: 3 }]],
    ['```\nplain\n```', 'plain\n', [{ type: 'pre', offset: 0, length: 6 }]],
    ['```js\nlet a\n```', 'let a\n', [{ type: 'pre', offset: 0, length: 6, language: 'js' }]],
    ['[x](https://a.b/\\))', 'x', [{ type: 'text_link', offset: 0, length: 1, url: 'https://a.b/)' }]],
    ['[x](not a link)', 'x', []],
    [
      '[u](tg://user?id=7)',
      'u',
      [{ type: 'text_mention', offset: 0, length: 1, user: { id: 7, is_bot: false, first_name: '' } }],
    ],
    [
      '![👍](tg://emoji?id=53)',
      '👍',
      [{ type: 'custom_emoji', offset: 0, length: 2, custom_emoji_id: '53' }],
    ],
    ['😀*b*', '😀b', [{ type: 'bold', offset: 2, length: 1 }]],
    ['>one\n>two\nafter', 'one\ntwo\nafter', [{ type: 'blockquote', offset: 0, length: 8 }]],
    ['>one\n>two||', 'one\ntwo', [{ type: 'expandable_blockquote', offset: 0, length: 7 }]],
    [
      '*a _b_*',
      'a b',
      [
        { type: 'bold', offset: 0, length: 3 },
        { type: 'italic', offset: 2, length: 1 },
      ],
    ],
    ['2\\-1 \\\\ \\_', '2-1 \\ _', []],
    ['**', '', []],
  ])('reads %j', (source, text, entities) => {
    expect(parseMarkdownV2(source)).toEqual({ text, entities })
  })

  it.each([
    ['a-b', "Character '-' is reserved and must be escaped with the preceding '\\'"],
    ['a|b', "Character '|' is reserved and must be escaped with the preceding '\\'"],
    ['a!', "Character '!' is reserved and must be escaped with the preceding '\\'"],
    ['a > b', "Character '>' is reserved and must be escaped with the preceding '\\'"],
    ['é *open', "Can't find end of Bold entity at byte offset 3"],
    ['||open', "Can't find end of Spoiler entity at byte offset 0"],
    ['```js\nopen', "Can't find end of PreCode entity at byte offset 0"],
    ['[x](https://a.b', "Can't find end of a URL at byte offset 4"],
    ['![x](https://a.b)', 'Invalid tg://emoji or tg://time URL specified'],
    ['![x]', 'The entity must contain a tg://emoji or tg://time URL'],
    ['>*a\nb', "Can't find end of Bold entity at byte offset 1"],
    ['*a _b* c_', "Can't find end of Italic entity at byte offset 8"],
  ])('refuses %j', (source, message) => {
    expect(() => parseMarkdownV2(source)).toThrow(new EntityParseError(message))
  })

  it('gives back any text whose special characters are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = text.replace(/[\\_*[\]()~`>#+\-=|{}.!]/g, '\\$&')
        expect(parseMarkdownV2(escaped)).toEqual({ text, entities: [] })
      }),
    )
  })

  it('either refuses a text or places every entity inside the result', () => {
    const markup = fc.constantFrom(
      '*',
      '_',
      '__',
      '~',
      '||',
      '`',
      '```',
      '[',
      '](a.b)',
      '>',
      '\n',
      '\\',
      'x',
      '😀',
      '![',
    )
    fc.assert(
      fc.property(fc.array(markup, { maxLength: 24 }), (parts) => {
        const { text, entities } = parseOrRefuse(parts.join(''))
        for (const { offset, length } of entities) {
          expect(offset).toBeGreaterThanOrEqual(0)
          expect(length).toBeGreaterThan(0)
          expect(offset + length).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 500 },
    )
  })
})
