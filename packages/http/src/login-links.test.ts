import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLoginToken, LoginLinks, Sessions } from './login-links.ts'

const HOUR = 60 * 60 * 1_000

test('a login token works once, and only within its hour', () => {
  const links = new LoginLinks('key')
  const token = createLoginToken('key', 0)
  expect(links.redeem(token, HOUR - 1)).toBe(true)
  expect(links.redeem(token, HOUR - 1)).toBe(false)
  expect(links.redeem(createLoginToken('key', 0), HOUR)).toBe(false)
  expect(links.redeem(createLoginToken('other key', 0), 1)).toBe(false)
})

test('a session is valid for thirty days, and no login token is a session of another key', () => {
  const sessions = new Sessions('session key')
  const session = sessions.create(0)
  expect(sessions.isValid(session, 29 * 24 * HOUR)).toBe(true)
  expect(sessions.isValid(session, 31 * 24 * HOUR)).toBe(false)
  expect(sessions.isValid(createLoginToken('login key'))).toBe(false)
  expect(sessions.isValid(undefined)).toBe(false)
})

test('nothing made up and nothing altered is accepted', () => {
  const sessions = new Sessions('key')
  const valid = sessions.create()
  fc.assert(
    fc.property(
      fc.string(),
      fc.nat({ max: valid.length - 1 }),
      fc.string({ minLength: 1, maxLength: 1 }),
      (text, at, letter) => {
        expect(sessions.isValid(text)).toBe(false)
        const altered = valid.slice(0, at) + letter + valid.slice(at + 1)
        expect(sessions.isValid(altered)).toBe(altered === valid)
      },
    ),
  )
})
