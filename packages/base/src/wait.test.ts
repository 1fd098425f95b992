import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { unlessAborted, wait } from './wait.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('wait', () => {
  test('ends after its time and leaves no listener', async () => {
    const { signal } = new AbortController()
    const waiting = wait(1_000, signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    await expect(waiting).resolves.toBeUndefined()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('rejects with the reason of an abort and leaves no timer', async () => {
    const controller = new AbortController()
    const waiting = wait(1_000, controller.signal)
    controller.abort(new Error('stopping'))
    await expect(waiting).rejects.toThrow('stopping')
    await expect(wait(1_000, controller.signal)).rejects.toThrow('stopping')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('unlessAborted', () => {
  test('gives what the work gives and leaves no listener', async () => {
    const { signal } = new AbortController()
    await expect(unlessAborted(Promise.resolve('done'), signal)).resolves.toBe('done')
    await expect(unlessAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('rejects at once when the signal is aborted, during the work or before', async () => {
    const controller = new AbortController()
    const waiting = unlessAborted(new Promise(() => {}), controller.signal)
    controller.abort(new Error('stopping'))
    await expect(waiting).rejects.toThrow('stopping')
    await expect(unlessAborted('done', controller.signal)).rejects.toThrow('stopping')
  })
})
