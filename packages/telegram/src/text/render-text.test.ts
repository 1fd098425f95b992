import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FormattedText } from './formatted-text.ts'
import { renderText } from './render-text.ts'

/** The formatted pieces, each with the text it covers. */
function pieces({ text, entities }: FormattedText): string[][] {
  return entities.map((entity) => [entity.type, text.slice(entity.offset, entity.offset + entity.length)])
}
const markdown = (source: string): FormattedText => renderText(source, 'markdown')
const html = (source: string): FormattedText => renderText(source, 'html')

describe('markdown', () => {
  it('knows the inline styles, and puts none of them on code', () => {
    const rendered = markdown('**b *bi* `c` b** ~~s~~ [l](https://a.example/x)')
    expect(rendered.text).toBe('b bi c b s l')
    expect(pieces(rendered)).toEqual([
      ['bold', 'b bi '],
      ['italic', 'bi'],
      ['code', 'c'],
      ['bold', ' b'],
      ['strikethrough', 's'],
      ['text_link', 'l'],
    ])
  })

  it('makes headings bold and keeps blank lines between blocks', () => {
    const rendered = markdown('# Title\nFirst\nsecond\n\nThird\n\n***\n\n> quote\n> more')
    expect(rendered.text).toBe('Title\nFirst\nsecond\n\nThird\n\n———\n\nquote\nmore')
    expect(pieces(rendered)).toEqual([
      ['bold', 'Title'],
      ['blockquote', 'quote\nmore'],
    ])
  })

  it('indents nested lists and keeps the blocks of an item apart', () => {
    const source =
      '- a\n\n  second\n- b\n  - c\n    - d\n\n3. x\n   ```js\n   code()\n   ```\n4. y\n\n- [ ] open\n- [x] done'
    const rendered = markdown(source)
    expect(rendered.text).toBe(
      '• a\n\n   second\n• b\n   • c\n      • d\n\n3. x\ncode()\n4. y\n\n☐ open\n☑ done',
    )
    expect(rendered.entities).toMatchObject([{ type: 'pre', language: 'js' }])
  })

  it('sets tables in columns', () => {
    const rendered = markdown('| a | n |\n|---|--:|\n| long | 1 |\n| b | 222 |')
    expect(pieces(rendered)).toEqual([['pre', 'a    |   n\n-----+----\nlong |   1\nb    | 222']])
  })

  it('writes a table that no phone can show row by row', () => {
    const wide = 'word '.repeat(40).trim()
    const { text } = markdown(`| a | b |\n|---|---|\n| ${wide} | 1 |\n| c | d |`)
    expect(text).toBe(`a · b\n\n${wide}\n• b: 1\n\nc\n• b: d`)
  })

  it('shows a table as it was written when its rows have more cells than its head', () => {
    const source = '| a |\n|---|\n| b | c | d |'
    expect(pieces(markdown(source))).toEqual([['pre', source]])
  })

  it('shows words in the form of a link definition, and hides definitions of links', () => {
    expect(markdown('[Note]: important\n\nSee [a][1].\n\n[1]: https://a.example').text).toBe(
      '[Note]: important\n\nSee a.',
    )
  })

  it('formats code that is still being written', () => {
    expect(pieces(markdown('Look:\n```py\nprint("a")'))).toEqual([['pre', 'print("a")']])
  })

  it('keeps words that only look like markup', () => {
    for (const text of [
      'snake_case_name',
      '2 * 3 * 4',
      'Array<string>',
      'a < b && c > d',
      '1 \\ 2',
      '<thinking>',
    ]) {
      expect(markdown(text)).toEqual({ text, entities: [] })
    }
    expect(markdown('Fish &amp; chips \\*').text).toBe('Fish & chips *')
  })

  it('makes no links of addresses that Telegram cannot open', () => {
    expect(markdown('[a](/relative) [b](javascript:x)')).toEqual({
      text: 'a (/relative) b (javascript:x)',
      entities: [],
    })
    expect(markdown('https://a.example/_x_ <me@a.example>')).toEqual({
      text: 'https://a.example/_x_ me@a.example',
      entities: [],
    })
  })

  it('shows markup without words as it was written', () => {
    expect(markdown('[x]: https://a.example').text).toBe('[x]: https://a.example')
  })
})

describe('html', () => {
  it('knows Telegram’s tags', () => {
    const rendered = html(
      '<b>b</b> <i>i <u>u</u></i> <s>s</s> <tg-spoiler>t</tg-spoiler> <a href="https://a.example">l</a> <code>c</code>\n' +
        '<pre><code class="language-js">  x &lt; y</code></pre><blockquote expandable>q</blockquote>',
    )
    expect(rendered.text).toBe('b i u s t l c\n  x < yq')
    expect(pieces(rendered)).toEqual([
      ['bold', 'b'],
      ['italic', 'i u'],
      ['underline', 'u'],
      ['strikethrough', 's'],
      ['spoiler', 't'],
      ['text_link', 'l'],
      ['code', 'c'],
      ['pre', '  x < y'],
      ['expandable_blockquote', 'q'],
    ])
    expect(rendered.entities).toContainEqual(expect.objectContaining({ type: 'pre', language: 'js' }))
  })

  it('lays out paragraphs and lists', () => {
    expect(
      html(
        '<h1>T</h1>\n<p>one</p>\n<p>two<br>lines</p><ul>\n<li>a</li>\n<li>b<ol><li>c</li></ol></li></ul>end',
      ).text,
    ).toBe('T\n\none\n\ntwo\nlines\n\n• a\n• b\n   1. c\nend')
  })

  it('keeps the content of unknown tags, hides scripts, and takes broken markup', () => {
    expect(html('<x-y>a</x-y><script>alert(1)</script><!-- c --> 1 < 2 <b>open').text).toBe('a 1 < 2 open')
  })
})

describe('renderText', () => {
  const words = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        '**',
        '*',
        '_',
        '`',
        '```\n',
        '\n',
        '\n\n',
        '> ',
        '- ',
        '1. ',
        '# ',
        '|',
        '|-|\n',
        '[',
        '](',
        ')',
        '<b>',
        '</b>',
        '<pre>',
        '<li>',
        '&lt;',
        '~~',
        '  ',
        '<br>',
      ),
    ),
    { maxLength: 40 },
  )

  it.each(['plain', 'markdown', 'html'] as const)(
    'gives entities in range and apart from code, for any %s',
    (format) => {
      fc.assert(
        fc.property(words, (parts) => {
          const { text, entities } = renderText(parts.join(''), format)
          expect(text.isWellFormed()).toBe(true)
          for (const { type, offset, length } of entities) {
            expect(offset).toBeGreaterThanOrEqual(0)
            expect(length).toBeGreaterThan(0)
            expect(offset + length).toBeLessThanOrEqual(text.length)
            if (type !== 'bold' && type !== 'italic') continue
            const codes = entities.filter((other) => other.type === 'code' || other.type === 'pre')
            for (const code of codes) {
              expect(code.offset >= offset + length || code.offset + code.length <= offset).toBe(true)
            }
          }
        }),
        { numRuns: 400 },
      )
    },
  )

  it('shows every character of plain text', () => {
    expect(renderText('*a* <b> \r\n _c_')).toEqual({ text: '*a* <b> \r\n _c_', entities: [] })
  })

  it.each([
    ['html', '<b>'.repeat(10_000)],
    ['markdown', '>'.repeat(32_000)],
    ['markdown', '- '.repeat(16_000)],
    ['markdown', '_a_'.repeat(10_000)],
    ['html', '<b>'.repeat(300_000)],
  ] as const)('shows the words of %s that is made to hurt its parser, in bounded time', (format, source) => {
    const before = process.cpuUsage()
    expect(renderText(`${source}words`, format).text).toContain('words')
    expect(process.cpuUsage(before).user).toBeLessThan(4_000_000)
  })
})
