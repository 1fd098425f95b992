import { expect, test } from 'vitest'
import { pageUrl } from './page-url.ts'

test.each([
  ['https://example.com/a?b=1#c', 'https://example.com/a?b=1'],
  ['example.com', 'https://example.com/'],
  ['example.com:8080/x', 'https://example.com:8080/x'],
  ['look at http://example.com/page, please', 'http://example.com/page'],
  ['(see www.example.com/a).', 'https://www.example.com/a'],
  ['münchen.de', 'https://xn--mnchen-3ya.de/'],
])('%s is %s', (text, url) => {
  expect(pageUrl(text).href).toBe(url)
})

test.each([
  ['', 'Which page?'],
  ['just words', 'Which page?'],
  ['file:///etc/passwd', 'Which page?'],
  ['javascript:alert(1)', 'Which page?'],
  ['https://ann:secret@example.com/', 'name or password'],
  [`https://example.com/${'a'.repeat(3_000)}`, 'too long'],
  ['http://[::1', 'the address of a web page'],
])('%s is refused: %s', (text, message) => {
  expect(() => pageUrl(text)).toThrow(message)
})
