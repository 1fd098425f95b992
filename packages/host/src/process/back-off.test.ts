import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backOff } from './back-off.ts'

test('waits grow, scatter, and end at 45 seconds', () => {
  expect([1, 2, 3, 4].map((crashes) => backOff(crashes, 0.5))).toEqual([250, 500, 1_000, 2_000])
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (crashes, random) => {
        const wait = backOff(crashes, random)
        expect(wait).toBeGreaterThanOrEqual(125)
        expect(wait).toBeLessThanOrEqual(45_000)
      },
    ),
  )
})
