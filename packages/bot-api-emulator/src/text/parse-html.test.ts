import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntityParseError } from './entity-parse-error.ts'
import type { FormattedText } from './formatted-text.ts'
import { parseHtml } from './parse-html.ts'

/** Returns an empty result if the text is refused; any other error is thrown. */
function parseOrRefuse(source: string): FormattedText {
  try {
    return parseHtml(source)
  } catch (error) {
    if (error instanceof EntityParseError) return { text: '', entities: [] }
    throw error
  }
}

describe('parseHtml', () => {
  it.each([
    [
      '<b>b</b> <I>i</I>',
      'b i',
      [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'italic', offset: 2, length: 1 },
      ],
    ],
    [
      '<b>a <u>b</u></b>',
      'a b',
      [
        { type: 'bold', offset: 0, length: 3 },
        { type: 'underline', offset: 2, length: 1 },
      ],
    ],
    ['1 &lt; 2 &amp;&#38;&#x26; &nbsp;', '1 < 2 &&& &nbsp;', []],
    [
      '<a href="https://e.org/?a=1&amp;b=2">x</a>',
      'x',
      [{ type: 'text_link', offset: 0, length: 1, url: 'https://e.org/?a=1&b=2' }],
    ],
    [
      '<a href="tg://user?id=9">x</a>',
      'x',
      [{ type: 'text_mention', offset: 0, length: 1, user: { id: 9, is_bot: false, first_name: '' } }],
    ],
    ['<a>no link</a>', 'no link', []],
    [
      '<pre><code class="language-ts">x</code></pre>',
      'x',
      [{ type: 'pre', offset: 0, length: 1, language: 'ts' }],
    ],
    ['<code class="language-ts">x</code>', 'x', [{ type: 'code', offset: 0, length: 1 }]],
    ['<span class="tg-spoiler">x</span>', 'x', [{ type: 'spoiler', offset: 0, length: 1 }]],
    ['<blockquote expandable>x</blockquote>', 'x', [{ type: 'expandable_blockquote', offset: 0, length: 1 }]],
    [
      '<tg-emoji emoji-id="53">👍</tg-emoji>',
      '👍',
      [{ type: 'custom_emoji', offset: 0, length: 2, custom_emoji_id: '53' }],
    ],
    ['<b></b>x', 'x', []],
    ['<s>x</>', 'x', [{ type: 'strikethrough', offset: 0, length: 1 }]],
    ['a > b', 'a > b', []],
  ])('reads %j', (source, text, entities) => {
    expect(parseHtml(source)).toEqual({ text, entities })
  })

  it.each([
    ['é<p>x</p>', 'Unsupported start tag "p" at byte offset 2'],
    ['1 < 2', 'Unsupported start tag "" at byte offset 2'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<b', 'Unclosed start tag at byte offset 0'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<a href=a/b>x</a>', 'Unexpected end of name token at byte offset 8'],
    ['<a href>x', 'Can\'t find end tag corresponding to start tag "a"'],
    ['<tg-emoji>x</tg-emoji>', 'Invalid custom emoji identifier specified'],
  ])('refuses %j', (source, message) => {
    expect(() => parseHtml(source)).toThrow(new EntityParseError(message))
  })

  it('gives back any text whose special characters are written as entities', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
        expect(parseHtml(escaped)).toEqual({ text, entities: [] })
      }),
    )
  })

  it('either refuses a text or places every entity inside the result', () => {
    const markup = fc.constantFrom(
      '<b>',
      '</b>',
      '<i>',
      '</i>',
      '<pre>',
      '</pre>',
      '<code>',
      '</code>',
      '</>',
      '<a href="',
      '">',
      '</a>',
      '&#55357;',
      'x',
      '😀',
      '<',
      '>',
      ' ',
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
