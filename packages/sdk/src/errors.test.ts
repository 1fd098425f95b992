import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { AiError, ERROR_CODES, errorMessage, isPluggramError, PluggramError } from './index.ts'
import type { ErrorCode } from './index.ts'
import { createError, ERRORS } from './runtime.ts'

test('an error is recognised across copies of the sdk', () => {
  const error = new AiError('ai-timeout', 'The model was silent for 60 s.', { isRetryable: true })
  const foreign = Object.assign(new Error('other copy'), { [Symbol.for('pluggram.error')]: true })
  expect(error).toMatchObject({ name: 'AiError', code: 'ai-timeout', isRetryable: true })
  expect(isPluggramError(error)).toBe(true)
  expect(isPluggramError(foreign)).toBe(true)
  expect(isPluggramError(new Error('plain'))).toBe(false)
  expect(isPluggramError('text')).toBe(false)
})

test('the cause is kept and the default is not to retry', () => {
  const cause = new Error('socket closed')
  expect(new PluggramError('delivery-failed', 'x', { cause })).toMatchObject({ cause, isRetryable: false })
})

test('anything thrown has a readable message', () => {
  expect(errorMessage(new TypeError('bad'))).toBe('bad')
  expect(errorMessage('text')).toBe('text')
  expect(errorMessage(Symbol('s'))).toBe('an unknown error was thrown')
})

test('an error made by its code has the class of the table', () => {
  for (const [code, row] of Object.entries(ERRORS)) {
    const error = createError(code as ErrorCode, 'x')
    expect([error.name, error.code, error.isRetryable]).toEqual([
      row.class,
      code,
      'isRetryable' in row ? row.isRetryable : false,
    ])
  }
})

test('the reference explains exactly the codes that exist', async () => {
  const page = await readFile(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1])
  expect(documented.toSorted()).toEqual([...ERROR_CODES].toSorted())
})
