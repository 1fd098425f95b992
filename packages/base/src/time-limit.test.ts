import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { endsWithin, TimeLimitError, withinTime } from './time-limit.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const never = new Promise<string>(() => {})

test('work that ends in time gives its answer and leaves no timer', async () => {
  await expect(withinTime(Promise.resolve('done'), 1_000)).resolves.toBe('done')
  await expect(withinTime('plain', 1_000)).resolves.toBe('plain')
  expect(vi.getTimerCount()).toBe(0)
})

test('work that fails in time rejects with its own error and leaves no timer', async () => {
  await expect(withinTime(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken')
  expect(vi.getTimerCount()).toBe(0)
})

test('nobody waits longer than the limit', async () => {
  const error = withinTime(never, 1_500).catch((thrown: unknown) => thrown)
  await vi.advanceTimersByTimeAsync(1_499)
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(await error).toBeInstanceOf(TimeLimitError)
  expect(await error).toMatchObject({ message: 'not finished within 1.5 s' })
})

test('what is said when it is late is the answer, or the error that it throws', async () => {
  const answer = withinTime(never, 1_000, () => 'late')
  const error = withinTime(never, 1_000, () => {
    throw new RangeError('too late')
  }).catch((thrown: unknown) => thrown)
  await vi.advanceTimersByTimeAsync(1_000)
  await expect(answer).resolves.toBe('late')
  expect(await error).toBeInstanceOf(RangeError)
})

test('work that fails after its limit is no unhandled rejection', async () => {
  const unhandled = vi.fn<() => void>()
  process.on('unhandledRejection', unhandled)
  const work = Promise.withResolvers<string>()
  const answer = withinTime(work.promise, 1_000, () => 'late')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await answer).toBe('late')
  work.reject(new Error('much later'))
  vi.useRealTimers()
  await new Promise((resolve) => setTimeout(resolve, 5))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('endsWithin tells whether it ended', async () => {
  await expect(endsWithin(Promise.resolve(), 1_000)).resolves.toBe(true)
  const late = endsWithin(never, 1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  await expect(late).resolves.toBe(false)
  await expect(endsWithin(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken')
  expect(vi.getTimerCount()).toBe(0)
})
