import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLoginToken, LoginLinks } from './login-links.ts'

const HOUR = 60 * 60 * 1_000

test('a login token works once, and only within its hour', () => {
  const links = new LoginLinks('key')
  const token = createLoginToken('key', 0)
  expect(links.redeem(token, HOUR - 1)).toBe(true)
  expect(links.redeem(token, HOUR - 1)).toBe(false)
  expect(links.redeem(createLoginToken('key', 0), HOUR)).toBe(false)
  expect(links.redeem(createLoginToken('other key', 0), 1)).toBe(false)
})

test('nothing made up and nothing altered is accepted', () => {
  const valid = createLoginToken('key')
  fc.assert(
    fc.property(
      fc.string(),
      fc.nat({ max: valid.length - 1 }),
      fc.string({ minLength: 1, maxLength: 1 }),
      (text, at, letter) => {
        fc.pre(valid[at] !== letter)
        const links = new LoginLinks('key')
        expect(links.redeem(text)).toBe(false)
        expect(links.redeem(valid.slice(0, at) + letter + valid.slice(at + 1))).toBe(false)
        expect(links.redeem(valid)).toBe(true)
      },
    ),
  )
})
