import type { AiAccount } from '@pluggram/sdk/runtime'
import { expect, test, vi } from 'vitest'
import { OpenCalls } from './open-calls.ts'

const USER: AiAccount = { scope: 'user', name: '7', isCheaper: false }
const LIMIT = { account: USER, period: 'day', tokens: 100 } as const
const signal = new AbortController().signal

test('a limit is held by calls under way as long as their end may bring the use below it', () => {
  const open = new OpenCalls()
  expect(open.hold(LIMIT, { tokens: 100, micros: 0 })).toBe(false)
  const end = open.begin([USER], { tokens: 60, micros: 5 })
  expect(open.hold(LIMIT, { tokens: 120, micros: 5 })).toBe(true)
  expect(open.hold(LIMIT, { tokens: 160, micros: 5 })).toBe(false)
  expect(open.hold({ account: USER, period: 'day', micros: 10 }, { tokens: 0, micros: 12 })).toBe(true)
  const others = { ...LIMIT, account: { ...USER, name: '8' } }
  expect(open.hold(others, { tokens: 120, micros: 0 })).toBe(false)
  end()
  expect(open.hold(LIMIT, { tokens: 120, micros: 0 })).toBe(false)
})

test('who waits goes on when a call ends, and leaves when told to', async () => {
  const open = new OpenCalls()
  const end = open.begin([USER], { tokens: 60, micros: 5 })
  const controller = new AbortController()
  const waits = [open.whenOneEnds(signal), open.whenOneEnds(controller.signal)]
  controller.abort(new Error('enough'))
  await expect(waits[1]).rejects.toThrow('enough')
  end()
  await waits[0]
})

test('nobody waits for ever', async () => {
  vi.useFakeTimers()
  try {
    const waiting = new OpenCalls().whenOneEnds(signal).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await waiting).toMatchObject({ code: 'ai-busy', isRetryable: true })
  } finally {
    vi.useRealTimers()
  }
})
