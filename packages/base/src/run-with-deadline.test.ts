import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runWithDeadline } from './run-with-deadline.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const late = new Error('late')
const options = { limitMs: 1_000, graceMs: 200, createError: () => late }

/** Work that ends when it is told to. */
function obedient(signal: AbortSignal): Promise<string> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('told to end', { cause: signal.reason })))
  })
}

test('work that ends in time gives its answer, and no timer or listener stays', async () => {
  const { signal } = new AbortController()
  await expect(runWithDeadline(async () => 'done', { ...options, signal })).resolves.toBe('done')
  await expect(
    runWithDeadline(() => Promise.reject(new Error('broken')), { ...options, signal }),
  ).rejects.toThrow('broken')
  const thrown = runWithDeadline(
    () => {
      throw new Error('at once')
    },
    { ...options, signal },
  )
  await expect(thrown).rejects.toThrow('at once')
  expect(vi.getTimerCount()).toBe(0)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('at the limit the signal is aborted with the error, and the work may end by itself', async () => {
  const ended = runWithDeadline(obedient, options).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(999)
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(await ended).toMatchObject({ message: 'told to end', cause: late })
  expect(vi.getTimerCount()).toBe(0)
})

test('work that takes no notice is left alone after the grace', async () => {
  const seen = vi.fn<() => void>()
  const error = runWithDeadline(() => new Promise<never>(() => {}), options).catch((thrown: unknown) => {
    seen()
    return thrown
  })
  await vi.advanceTimersByTimeAsync(1_199)
  expect(seen).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(await error).toBe(late)
})

test('work that takes no notice of an abort is left at once when that is wanted', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const deaf = (): Promise<never> => new Promise(() => {})
  const running = runWithDeadline(deaf, { ...options, signal, leavesOnAbort: true })
  controller.abort(new Error('stopping'))
  await expect(running).rejects.toThrow('stopping')
  await expect(runWithDeadline(deaf, { ...options, signal, leavesOnAbort: true })).rejects.toThrow('stopping')
  expect(vi.getTimerCount()).toBe(0)
})

test('the signal given aborts the work with its reason, also when it was aborted before', async () => {
  const controller = new AbortController()
  const running = runWithDeadline(obedient, { ...options, signal: controller.signal })
  controller.abort(new Error('stopping'))
  await expect(running).rejects.toMatchObject({ cause: { message: 'stopping' } })
  const isAborted = runWithDeadline(async (signal) => signal.aborted, {
    ...options,
    signal: controller.signal,
  })
  await expect(isAborted).resolves.toBe(true)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
