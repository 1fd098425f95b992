import { expect, test } from 'vitest'
import { GuardedRegExp } from './guarded-reg-exp.ts'

/** Takes longer than this machine will stand, whatever the machine. */
const BOMB = `${'a'.repeat(60)}!`

test('it matches as any other regular expression does', () => {
  const word = new GuardedRegExp('(?<first>\\w)\\w*', 'gu', { limitMs: 5_000 })
  expect('one two'.replace(word, (match) => match.toUpperCase())).toBe('ONE TWO')
  expect([...'one two'.matchAll(word)].map(({ index, groups }) => [index, groups?.['first']])).toEqual([
    [0, 'o'],
    [4, 't'],
  ])
  expect(word.test('one')).toBe(true)
  expect(word.lastIndex).toBe(3)
  expect(word.test('one')).toBe(false)
  expect(new GuardedRegExp(/b/i).exec('aBc')).toMatchObject({ 0: 'B', index: 1, input: 'aBc' })
  expect(() => new GuardedRegExp('(')).toThrow(SyntaxError)
})

test('a text that takes too long does not match', () => {
  const bad = new GuardedRegExp('^(a+)+$', '', { limitMs: 500 })
  expect(bad.test(BOMB)).toBe(false)
  expect(bad.test('aaa')).toBe(true)
})

test('after several such texts nothing matches for a minute', () => {
  let now = 0
  const bad = new GuardedRegExp('^(a+)+$', '', { now: () => now, limitMs: 400 })
  for (let text = 0; text < 3; text += 1) expect(bad.test(BOMB)).toBe(false)
  expect(bad.test('aaa')).toBe(false)
  now = 59_999
  expect(bad.test('aaa')).toBe(false)
  now = 60_000
  expect(bad.test('aaa')).toBe(true)
})
