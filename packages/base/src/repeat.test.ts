import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { repeat } from './repeat.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const FAILURES: Readonly<Record<string, () => Promise<void> | void>> = {
  'throws at once': () => {
    throw new Error('broken')
  },
  rejects: () => Promise.reject(new Error('broken')),
  'throws nothing': () => Promise.reject(),
}

test.each(Object.entries(FAILURES))('work that %s runs again, even if its report fails', async (_, fail) => {
  let runs = 0
  const told: unknown[] = []
  const work = repeat(
    () => {
      runs += 1
      return runs <= 2 ? fail() : undefined
    },
    {
      everyMs: 100,
      afterErrorMs: 10,
      onError: (error) => {
        told.push(error)
        throw new Error('the report failed too')
      },
    },
  )
  await vi.advanceTimersByTimeAsync(100 + 10 + 10 + 100)
  expect(runs).toBe(4)
  expect(told).toHaveLength(2)
  await work.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('runs never overlap, and a run asked for during another comes right after it', async () => {
  const first = Promise.withResolvers<void>()
  let runs = 0
  const work = repeat(() => (++runs === 1 ? first.promise : undefined), { everyMs: 100, onError: () => {} })
  await vi.advanceTimersByTimeAsync(1_000)
  work.within(5)
  work.within(50)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(runs).toBe(1)
  first.resolve()
  await vi.advanceTimersByTimeAsync(5)
  expect(runs).toBe(2)
  await vi.advanceTimersByTimeAsync(99)
  expect(runs).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(runs).toBe(3)
  await work.stop()
})

test('the work says when it runs next; a sooner wish wins, a later one does not', async () => {
  let runs = 0
  const work = repeat(() => (runs++, 1_000), { everyMs: 10, onError: () => {} })
  await vi.advanceTimersByTimeAsync(10)
  work.within(2_000)
  work.within(300)
  await vi.advanceTimersByTimeAsync(300)
  expect(runs).toBe(2)
  await vi.advanceTimersByTimeAsync(999)
  expect(runs).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(runs).toBe(3)
  await work.stop()
})

test('a stop waits for the run in progress, and nothing runs after it', async () => {
  const run = Promise.withResolvers<void>()
  let runs = 0
  const work = repeat(() => (runs++, run.promise), { everyMs: 10, onError: () => {} })
  await vi.advanceTimersByTimeAsync(10)
  let isStopped = false
  const stopped = work.stop().then(() => (isStopped = true))
  await vi.advanceTimersByTimeAsync(100)
  expect(isStopped).toBe(false)
  run.resolve()
  await stopped
  work.within(0)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(runs).toBe(1)
})
