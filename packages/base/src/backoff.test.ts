import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffDelay, createBackoff } from './backoff.ts'

const options = { minimum: 100, maximum: 1_000 }

test('delays double up to the maximum', () => {
  const longest = { ...options, random: () => 1 }
  expect([1, 2, 3, 4, 5, 6].map((failures) => backoffDelay(failures, longest))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
})

test('up to half of a delay is taken off at random', () => {
  expect(backoffDelay(3, { ...options, random: () => 0 })).toBe(200)
  expect(backoffDelay(3, { ...options, random: () => 0.5 })).toBe(300)
  expect(new Set(Array.from({ length: 50 }, () => backoffDelay(4, options))).size).toBeGreaterThan(10)
})

test('is never shorter than half of the minimum nor longer than the maximum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (failures) => {
      const delay = backoffDelay(failures, options)
      expect(delay).toBeGreaterThanOrEqual(50)
      expect(delay).toBeLessThanOrEqual(1_000)
    }),
  )
})

test('a back-off counts, and begins anew after a reset', () => {
  const backoff = createBackoff({ ...options, random: () => 1 })
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 400])
  backoff.reset()
  expect(backoff.next()).toBe(100)
})
