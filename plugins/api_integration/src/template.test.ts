import { expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { fillIn, fillInJson, parseTemplate } from './template.ts'

const data = {
  message: 'hi "you"',
  answer: {
    items: [
      { name: 'a', price: 2 },
      { name: 'b', price: 3 },
    ],
  },
}

test.each([
  ['no expression', 'no expression'],
  ['<{{ message }}>', '<hi "you">'],
  ['{{ $sum(answer.items.price) }} € for {{ $join(answer.items.name, ", ") }}', '5 € for a, b'],
  ['{{ answer.items[price > 2] }}', '{"name":"b","price":3}'],
  ['{{ gone }}|{{ null }}', '|'],
  ['{{answer.items[0].price > 1 ? "dear" : "cheap"}}', 'dear'],
])('%s becomes %s', async (template, text) => {
  expect(await fillIn(parseTemplate(template), data)).toBe(text)
})

test('in JSON, an expression alone keeps its type, and no text can become structure', async () => {
  const body = { text: 'say {{ message }}', items: '{{ answer.items.price }}', nothing: '{{ gone }}', n: 1 }
  expect(await fillInJson(body, data)).toEqual({ text: 'say hi "you"', items: [2, 3], nothing: null, n: 1 })
})

test.each(['{{ }}', '{{ a + }}', '{{ "open }}'])('%s is no template', (template) => {
  expect(() => parseTemplate(template)).toThrow('is no expression')
})

test('an expression that does not end is ended', async () => {
  const endless = parseTemplate('{{ ($f := function($n) { $f($n + 1) }; $f(0)) }}')
  await expect(fillIn(endless, data)).rejects.toThrow(ApiError)
})

test('a regular expression that thinks for ever about a text is ended', async () => {
  const bad = parseTemplate('{{ $contains(message, /^(a+)+$/) }}')
  expect(await fillIn(bad, { message: `${'a'.repeat(60)}!` })).toBe('false')
  expect(await fillIn(bad, { message: 'aaa' })).toBe('true')
  const words = parseTemplate(
    '{{ $join($match(message, /o\\w/).match, "+") }}, {{ $replace(message, /o/, "0") }}',
  )
  expect(await fillIn(words, { message: 'one of two' })).toBe('on+of, 0ne 0f tw0')
})

test('what is filled in is no template again', async () => {
  expect(await fillIn(parseTemplate('{{ message }}'), { message: '{{ secret }}', secret: 'x' })).toBe(
    '{{ secret }}',
  )
})
