import { AiError, isPluggramError, PluggramError } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { decodeError, encodeError } from './wire-error.ts'

const cross = (error: unknown): Error => decodeError(structuredClone(encodeError(error)))

test('an error arrives with its name, message, stack, members and cause', () => {
  const error = Object.assign(new TypeError('bad', { cause: new Error('first') }), {
    code: 'E_MINE',
    detail: { a: 1 },
  })
  expect(cross(error)).toMatchObject({
    name: 'TypeError',
    message: 'bad',
    stack: error.stack,
    code: 'E_MINE',
    detail: { a: 1 },
    cause: { message: 'first' },
  })
  expect(isPluggramError(cross(error))).toBe(false)
})

test('an error of Pluggram is recognised on the other side', () => {
  const error = cross(new AiError('ai-timeout', 'silent', { isRetryable: true }))
  expect(isPluggramError(error)).toBe(true)
  expect(error).toBeInstanceOf(AiError)
  expect(error).toMatchObject({ code: 'ai-timeout', isRetryable: true, message: 'silent' })
  expect(cross(new PluggramError('plugin-timeout', 'late'))).toMatchObject({ code: 'plugin-timeout' })
})

test('whatever was thrown, something readable arrives', () => {
  const hostile: object = new Proxy(
    {},
    {
      get: () => {
        throw hostile
      },
      getPrototypeOf: () => {
        throw hostile
      },
    },
  )
  expect(cross(hostile).message).toBe('an unknown error was thrown')
  expect(cross('text').message).toBe('text')
  expect(cross(undefined).message).toBe('an unknown error was thrown')
  expect(decodeError({ name: 5, message: {}, members: { stack: 1, message: 2 } }).message).toBe(
    'an unknown error',
  )
  const endless = new Error('round')
  endless.cause = endless
  expect(cross(endless).message).toBe('round')
})
