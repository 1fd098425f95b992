import { expect, test } from 'vitest'
import { DISGUISE, plainForm, toPlainText } from './plain-form.ts'

test.each([
  ['plain text', 'plain text'],
  ['p\u200ba\u2060s\u00ads', 'pass'],
  ['a%20b%2Fc', 'a b/c'],
  ['%C3%A9t%C3%A9', 'été'],
  ['a&amp;b&#x41;&#66;&quot;', 'a&bAB"'],
  ['line\\nnext \\"quoted\\" \\u0041', 'line\nnext "quoted" A'],
  ['twice %2541 &amp;lt; \\\\\\"', 'twice A < "'],
  ['100 % & more; C:\\', '100 % & more; C:\\'],
  ['&#99999999; &#x110000; %zz', '&#99999999;  %zz'],
])('%s is %s', (text, plain) => {
  expect(plainForm(text).text).toBe(plain)
  expect(toPlainText(text)).toBe(plain)
  expect(DISGUISE.test(text) || plain === text).toBe(true)
})

test('every character knows its source', () => {
  const { text, starts, ends } = plainForm('a%2541b&amp;c\u200bd')
  expect([...text].map((character, at) => [character, starts[at], ends[at]])).toEqual([
    ['a', 0, 1],
    ['A', 1, 6],
    ['b', 6, 7],
    ['&', 7, 12],
    ['c', 12, 13],
    ['d', 14, 15],
  ])
})
