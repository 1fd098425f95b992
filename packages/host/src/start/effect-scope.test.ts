import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEffectScope } from './effect-scope.ts'
import type { DisposableEffectScope } from './effect-scope.ts'

let errors: [string, unknown][] = []
let scope: DisposableEffectScope

beforeEach(() => {
  vi.useFakeTimers()
  errors = []
  scope = createEffectScope({ onError: (error, label) => errors.push([label, error]) })
})
afterEach(() => {
  vi.useRealTimers()
})

test('effects are disposed last in first out, errors are reported and hinder nobody', async () => {
  const log: string[] = []
  const failure = new Error('stuck')
  scope.add('first', () => void log.push('first'))
  scope.add('second', () => Promise.reject(failure))
  scope.add('third', async () => void log.push('third'))
  expect(scope.list()).toEqual(['first', 'second', 'third'])
  await scope.dispose(1)
  expect(log).toEqual(['third', 'first'])
  expect(errors).toEqual([['second', failure]])
  expect(scope.list()).toEqual([])
})

test('a disposer undoes its effect once', async () => {
  const dispose = vi.fn<() => void>()
  const disposer = scope.add('connection', dispose)
  await disposer()
  await disposer()
  await scope.dispose(1)
  expect(dispose).toHaveBeenCalledTimes(1)
})

test('a disposer that hangs is left behind, and the others are called', async () => {
  const log: string[] = []
  scope.add('early', () => void log.push('early'))
  scope.add('hanging', () => new Promise(() => {}))
  const disposed = scope.dispose(2)
  await vi.advanceTimersByTimeAsync(2_000)
  await disposed
  expect(log).toEqual(['early'])
  expect(errors).toMatchObject([['hanging', { message: expect.stringContaining('not finished') }]])
})

test('what is added after the end is undone at once', async () => {
  await scope.dispose(1)
  const dispose = vi.fn<() => void>()
  scope.add('late', dispose)
  expect(dispose).toHaveBeenCalledTimes(1)
  const tick = vi.fn<() => void>()
  scope.setInterval('late timer', 10, tick)
  await vi.advanceTimersByTimeAsync(100)
  expect(tick).not.toHaveBeenCalled()
  expect(scope.list()).toEqual([])
})

describe('an interval', () => {
  test('repeats until it is disposed and survives errors of its callback', async () => {
    let ticks = 0
    const stop = scope.setInterval('poll', 10, async () => {
      ticks += 1
      if (ticks === 2) throw new Error('tick')
    })
    await vi.advanceTimersByTimeAsync(35)
    await stop()
    await vi.advanceTimersByTimeAsync(50)
    expect(ticks).toBe(3)
    expect(errors).toMatchObject([['poll', { message: 'tick' }]])
  })

  test('does not start a callback over itself', async () => {
    let running = 0
    let most = 0
    scope.setInterval('slow', 10, async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 35))
      running -= 1
    })
    await vi.advanceTimersByTimeAsync(200)
    expect(most).toBe(1)
    await scope.dispose(1)
  })

  test('refuses a delay that is no number', () => {
    expect(() => scope.setInterval('odd', Number.NaN, () => {})).toThrow(RangeError)
    expect(scope.list()).toEqual([])
  })
})

describe('a timeout', () => {
  test('runs once, leaves the list and reports its error', async () => {
    const failure = new Error('fired')
    scope.setTimeout('once', 10, () => {
      throw failure
    })
    expect(scope.list()).toEqual(['once'])
    await vi.advanceTimersByTimeAsync(30)
    expect(scope.list()).toEqual([])
    expect(errors).toEqual([['once', failure]])
  })

  test('does not run after it was disposed, and a very long one does not fire at once', async () => {
    const callback = vi.fn<() => void>()
    await scope.setTimeout('short', 10, callback)()
    scope.setTimeout('long', 2 ** 40, callback)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(callback).not.toHaveBeenCalled()
    await scope.dispose(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
