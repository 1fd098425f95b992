import { expect, test } from 'vitest'
import { guardPatterns } from './guarded-pattern.ts'

test('ordinary patterns are left as they are', () => {
  const patterns = [/^hello/, /^remind me (.+) in (\d+)/i, /weather/, /^[a-z(+]*$/, /(?!)/]
  expect(guardPatterns(patterns).every((pattern, index) => pattern === patterns[index])).toBe(true)
})

test.each([/^(a+)+$/, /^(?:a|aa)+$/, /(x*)*y/, /^(\w+)\s?\1+$/, /(?=.*a)(?=.*b).*c.*d/, /a.*b.*c/])(
  '%s is tested with a time limit, and matches what it matches',
  (pattern) => {
    const [guarded] = guardPatterns([pattern])
    expect(guarded).not.toBe(pattern)
    for (const text of ['aaa', 'xxy', 'go go', 'a b c d', 'zzz']) {
      expect(guarded?.test(text)).toBe(pattern.test(text))
    }
  },
)

test('a text that makes a pattern think for ever does not match', () => {
  const [guarded] = guardPatterns([/^(a+)+$/])
  const before = process.cpuUsage()
  for (let time = 0; time < 10; time += 1) expect(guarded?.test(`${'a'.repeat(64)}b`)).toBe(false)
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
})
