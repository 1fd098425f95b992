import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSendGate } from './send-gate.ts'
import type { GatedCall, SendGate, SendRank } from './send-gate.ts'

const PERSON = 7
const GROUP = -100
const never = new AbortController().signal

let gate: SendGate
let passed: { readonly name: string; readonly at: number }[]
let start: number

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  gate = createSendGate({ now: () => performance.now() })
  passed = []
  start = performance.now()
})

afterEach(() => {
  vi.useRealTimers()
})

const call = (chatId: number, rank: SendRank = 'answer'): GatedCall => ({ chatId, rank, kind: 'message' })

function send(name: string, gated: GatedCall, signal = never): void {
  Promise.resolve(gate.pass(gated, signal)).then(
    () => passed.push({ name, at: performance.now() - start }),
    () => passed.push({ name: `${name} gave up`, at: performance.now() - start }),
  )
}

const names = (): string[] => passed.map(({ name }) => name)
const times = (): number[] => passed.map(({ at }) => at)

describe('an answer', () => {
  it('is never held back on suspicion, however many there are', async () => {
    for (let index = 0; index < 200; index++) send('answer', call(index % 2 === 0 ? PERSON : GROUP))
    await vi.advanceTimersByTimeAsync(0)
    expect(passed.length).toBe(200)
  })

  it('waits exactly as long as a 429 says, in that chat only', async () => {
    gate.refused(call(PERSON), 3)
    send('held', call(PERSON))
    send('other', call(8))
    await vi.advanceTimersByTimeAsync(2999)
    expect(names()).toEqual(['other'])
    await vi.advanceTimersByTimeAsync(1)
    expect(passed.at(-1)).toEqual({ name: 'held', at: 3000 })
  })

  it('keeps the pace for a while after a 429, a few at once and then one a second, and not for ever', async () => {
    gate.refused(call(PERSON), 1)
    for (let index = 0; index < 7; index++) send('a', call(PERSON))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(times()).toEqual([1000, 1000, 1000, 1000, 1000, 6000, 6000])
    await vi.advanceTimersByTimeAsync(60_000)
    passed = []
    for (let index = 0; index < 20; index++) send('b', call(PERSON))
    await vi.advanceTimersByTimeAsync(0)
    expect(passed.length).toBe(20)
  })

  it('slows down further when the pace it kept met another 429', async () => {
    gate.refused(call(PERSON), 1)
    gate.succeeded(call(PERSON))
    gate.refused(call(PERSON), 1)
    for (let index = 0; index < 11; index++) send('a', call(PERSON))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(times()).toEqual([...Array<number>(5).fill(1000), ...Array<number>(5).fill(11_000), 21_000])
  })

  it('becomes faster while Telegram takes everything, until that was too fast once', async () => {
    gate.refused(call(PERSON), 1)
    for (let index = 0; index < 20; index++) gate.succeeded(call(PERSON))
    for (let index = 0; index < 10; index++) send('a', call(PERSON))
    await vi.advanceTimersByTimeAsync(1000 + 1250)
    expect(passed.length).toBe(10)
    gate.refused(call(PERSON), 0)
    for (let index = 0; index < 20; index++) gate.succeeded(call(PERSON))
    for (let index = 0; index < 10; index++) send('b', call(PERSON))
    await vi.advanceTimersByTimeAsync(2400)
    expect(passed.length).toBeLessThan(20)
  })

  it('does not slow down further while Telegram takes nothing at all', async () => {
    for (let index = 0; index < 10; index++) gate.refused(call(PERSON), 1)
    for (let index = 0; index < 6; index++) send('a', call(PERSON))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(passed.at(-1)!.at).toBe(6000)
  })

  it('keeps the limit of a minute in a group that met a 429', async () => {
    gate.refused(call(GROUP), 0)
    for (let index = 0; index < 21; index++) send('a', call(GROUP))
    await vi.advanceTimersByTimeAsync(59_000)
    expect(passed.length).toBe(20)
    await vi.advanceTimersByTimeAsync(1000)
    expect(passed.at(-1)!.at).toBe(60_000)
  })
})

describe('a 429 that means the bot', () => {
  it('holds every chat when several chats meet one within a second', async () => {
    for (const chatId of [1, 2, 3]) gate.refused(call(chatId), 5)
    send('other', call(PERSON))
    await vi.advanceTimersByTimeAsync(4999)
    expect(names()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(names()).toEqual(['other'])
  })

  it('holds every chat when the call belonged to none', async () => {
    gate.refused(undefined, 2)
    send('any', call(PERSON))
    await vi.advanceTimersByTimeAsync(1999)
    expect(names()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(names()).toEqual(['any'])
  })

  it('is not seen in chats that meet theirs one after another', async () => {
    for (const chatId of [1, 2, 3, 4]) {
      gate.refused(call(chatId), 30)
      await vi.advanceTimersByTimeAsync(600)
    }
    send('other', call(PERSON))
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['other'])
  })

  it('paces all chats together afterwards, answers before previews before broadcasts', async () => {
    const brisk = createSendGate({
      now: () => performance.now(),
      limits: { overallPerSecond: 2, chatPerSecond: 10, groupPerMinute: 20 },
    })
    gate = brisk
    gate.refused(undefined, 1)
    send('broadcast', call(1, 'broadcast'))
    send('preview', call(2, 'preview'))
    send('final', call(3, 'final'))
    send('answer', call(4))
    await vi.advanceTimersByTimeAsync(5000)
    expect(names()).toEqual(['answer', 'final', 'preview', 'broadcast'])
    expect(times()).toEqual([1000, 1000, 2000, 2000])
  })
})

describe('a preview', () => {
  const preview = (chatId: number): GatedCall => ({ chatId, rank: 'preview', kind: 'draft' })

  it('keeps a second between two of one chat, and counts the answers there', async () => {
    send('answer', call(PERSON))
    send('first', preview(PERSON))
    send('second', preview(PERSON))
    await vi.advanceTimersByTimeAsync(5000)
    expect(times()).toEqual([0, 1000, 2000])
  })

  it('keeps to thirty a second in all chats together', async () => {
    for (let chatId = 1; chatId <= 45; chatId++) send('preview', preview(chatId))
    await vi.advanceTimersByTimeAsync(999)
    expect(passed.length).toBe(30)
    await vi.advanceTimersByTimeAsync(1)
    expect(passed.length).toBe(45)
  })

  it('keeps to twenty a minute in a group', async () => {
    for (let index = 0; index < 25; index++) send('preview', call(GROUP, 'preview'))
    await vi.advanceTimersByTimeAsync(59_999)
    expect(passed.length).toBe(20)
  })

  it('never goes faster than the limits, whatever passed after a 429', async () => {
    gate.refused(call(PERSON), 0)
    for (let index = 0; index < 20; index++) gate.succeeded(call(PERSON))
    for (let index = 0; index < 3; index++) send('preview', preview(PERSON))
    await vi.advanceTimersByTimeAsync(5000)
    expect(times()).toEqual([0, 1000, 2000])
  })

  it('can be allowed less often than once a second', async () => {
    const limits = { overallPerSecond: 30, chatPerSecond: 0.25, groupPerMinute: 20 }
    gate = createSendGate({ now: () => performance.now(), limits })
    for (let index = 0; index < 3; index++) send('preview', preview(PERSON))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(times()).toEqual([0, 4000, 8000])
  })

  it('is held by a 429 of its own without holding an answer', async () => {
    gate.refused(preview(PERSON), 30)
    send('answer', call(PERSON))
    send('preview', preview(PERSON))
    await vi.advanceTimersByTimeAsync(29_000)
    expect(names()).toEqual(['answer'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(names()).toEqual(['answer', 'preview'])
  })
})

describe('the gate', () => {
  it('lets a waiting call give up, and the others go on', async () => {
    gate.refused(call(PERSON), 1)
    const giving = new AbortController()
    send('first', call(PERSON), giving.signal)
    send('second', call(PERSON))
    giving.abort()
    await vi.advanceTimersByTimeAsync(1000)
    expect(names()).toEqual(['first gave up', 'second'])
  })

  it('leaves no timer behind when nobody waits any more', async () => {
    gate.refused(call(PERSON), 1000)
    const giving = new AbortController()
    send('first', call(PERSON), giving.signal)
    giving.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('holds for longer than a timer can run', async () => {
    gate.refused(call(PERSON), 10_000_000)
    send('late', call(PERSON))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(names()).toEqual([])
    expect(vi.getTimerCount()).toBe(1)
  })
})
