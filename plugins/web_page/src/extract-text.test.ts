import { expect, test } from 'vitest'
import { extractText } from './extract-text.ts'

const paragraph = (start: string): string =>
  `<p>${start} ${'It rained for days and the river rose. '.repeat(8)}</p>`

test('an article is found among menus, scripts and footers, paragraph by paragraph', () => {
  const { title, text } = extractText(`<!doctype html><html><head><title>The river &amp; us</title>
    <style>p { color: red }</style></head><body><nav><a href="/">Home</a> <a href="/x">More</a></nav>
    <article><h1>The river</h1>${paragraph('First.')}${paragraph('Second.')}<script>steal()</script></article>
    <footer>All rights reserved</footer></body></html>`)
  expect(title).toBe('The river & us')
  expect(text).toMatch(/First\..*\n\n.*Second\./)
  expect(text).not.toMatch(/steal|rights reserved|color/)
})

test('a page that is no article gives its words', () => {
  expect(extractText('<title>Shop</title><h1>Open</h1><p>Mo–Fr<br>9–17</p>')).toEqual({
    title: 'Shop',
    text: 'Open\n\nMo–Fr\n\n9–17',
  })
})

test.each(['', '   ', '<', '<html>', '<body></body>', '<p', '</p></p></p>', '\u0000<a>\u0000', '{"a":1}'])(
  'whatever %j is, it gives text',
  (html) => {
    expect(extractText(html)).toEqual({ title: expect.any(String), text: expect.any(String) })
  },
)
