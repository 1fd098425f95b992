import fc from 'fast-check'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SlowStart } from './slow-start.ts'

/** Counts how many of `count` enter immediately. */
function letIn(slowStart: SlowStart, count: number): number {
  return Array.from({ length: count }, () => slowStart.enter()).filter((waiting) => waiting === undefined)
    .length
}

test('an ordinary start bounds nothing', () => {
  expect(letIn(new SlowStart(), 1_000)).toBe(1_000)
})

test('after a crash few go first, and one more with each that ends', async () => {
  const slowStart = new SlowStart()
  slowStart.begin()
  let entered = 0
  const all = Array.from({ length: 12 }, async () => {
    await slowStart.enter()
    entered += 1
  })
  await sleep(0)
  expect(entered).toBe(4)
  for (let ended = 0; ended < 4; ended += 1) slowStart.leave()
  await Promise.all(all)
  slowStart.end()
})

test('many that end make an end of it, and so does time', async () => {
  const busy = new SlowStart()
  busy.begin()
  for (let ended = 0; ended <= 60; ended += 1) {
    await busy.enter()
    busy.leave()
  }
  expect(letIn(busy, 1_000)).toBe(1_000)
  const stuck = new SlowStart()
  stuck.begin()
  expect(letIn(stuck, 4)).toBe(4)
  // no send completes
  await stuck.enter()
})

test('never lets in more than its limit, and forgets nobody', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 200 }), async (steps) => {
      const slowStart = new SlowStart()
      slowStart.begin()
      let [asked, inside, left] = [0, 0, 0]
      for (const isEntering of steps) {
        if (isEntering) {
          asked += 1
          void Promise.resolve(slowStart.enter()).then(() => (inside += 1))
        } else if (inside > left) {
          left += 1
          slowStart.leave()
        }
        await setImmediate()
        expect(inside - left).toBeLessThanOrEqual(4 + left)
      }
      while (left < asked) {
        await sleep(0)
        if (inside === left) break
        left += 1
        slowStart.leave()
      }
      slowStart.end()
      expect(inside).toBe(asked)
    }),
    { numRuns: 100 },
  )
})
