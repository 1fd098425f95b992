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
    expect(times()).toEqual([1000, 1000, 1000, 1000, 1000, 4000, 6000])
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
    expect(times()).toEqual([...Array<number>(5).fill(1000), 4000, 7000, 10_000, 11_000, 11_000, 14_000])
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
    expect(passed.at(-1)!.at).toBe(4000)
  })

  it('waits three seconds at most behind its hold and the answer before it, also in a slow group', async () => {
    for (let index = 0; index < 5; index += 1) {
      gate.refused(call(GROUP), 3)
      gate.succeeded(call(GROUP))
    }
    for (let index = 0; index < 30; index += 1) send('a', call(GROUP))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(times()[0]).toBe(3000)
    const gaps = times()
      .slice(1)
      .map((at, index) => at - times()[index]!)
    expect(Math.max(...gaps)).toBe(3000)
    expect(passed).toHaveLength(30)
  })
})

describe('a 429 that may mean the bot', () => {
  const suspect = (seconds: number): void => {
    for (const chatId of [1, 2, 3]) gate.refused(call(chatId), seconds)
  }

  it('is tested with one message of another chat; when that is accepted, all others go', async () => {
    suspect(600)
    for (const chatId of [10, 11, 12]) send(`chat ${chatId}`, call(chatId))
    send('held', call(1))
    await vi.advanceTimersByTimeAsync(100)
    expect(names()).toEqual(['chat 10'])
    gate.succeeded(call(10))
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['chat 10', 'chat 11', 'chat 12'])
    await vi.advanceTimersByTimeAsync(599_800)
    expect(names()).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(200)
    expect(names()).toHaveLength(4)
  })

  it('is tested later each time while the tests are refused, and then all go in the pace of the bot', async () => {
    suspect(600)
    const probes: number[] = []
    for (let chatId = 10; chatId < 20; chatId += 1) send(`${chatId}`, call(chatId))
    await vi.advanceTimersByTimeAsync(0)
    for (let probe = 0; probe < 6; probe += 1) {
      expect(passed).toHaveLength(probe + 1)
      const { name, at } = passed.at(-1)!
      probes.push(at)
      gate.refused(call(Number(name)), 600)
      await vi.advanceTimersByTimeAsync([1000, 2000, 4000, 8000, 15_000, 15_000][probe]!)
    }
    expect(probes).toEqual([0, 1000, 3000, 7000, 15_000, 30_000])
    expect(passed).toHaveLength(7)
    gate.succeeded(call(Number(passed.at(-1)!.name)))
    await vi.advanceTimersByTimeAsync(1000)
    expect(passed).toHaveLength(10)
  })

  it('is tested with another message when the test gets no answer, and forgotten when nothing confirms it', async () => {
    suspect(600)
    for (let chatId = 10; chatId < 30; chatId += 1) send(`${chatId}`, call(chatId))
    await vi.advanceTimersByTimeAsync(0)
    expect(passed).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(passed).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(25_000)
    expect(passed).toHaveLength(20)
  })

  it('is suspected of a call without a chat, too; other such calls wait exactly as long as told', async () => {
    gate.refused(undefined, 2)
    send('probe', call(PERSON))
    send('other', call(8))
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['probe'])
    gate.succeeded(call(PERSON))
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['probe', 'other'])
    expect(gate.heldOverall()).toBe(2000)
    await vi.advanceTimersByTimeAsync(2000)
    expect(gate.heldOverall()).toBe(0)
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
    suspect(1)
    send('probe', call(9))
    gate.refused(call(9), 1)
    send('broadcast', call(10, 'broadcast'))
    send('preview', call(11, 'preview'))
    send('final', call(12, 'final'))
    send('answer', call(13))
    await vi.advanceTimersByTimeAsync(5000)
    expect(names()).toEqual(['probe', 'answer', 'final', 'preview', 'broadcast'])
    expect(times()).toEqual([0, 1000, 1000, 2000, 2000])
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

describe('a refused token', () => {
  it('holds all chats without an end, is tested with one message, and all go once it is known again', async () => {
    for (const chatId of [1, 2]) expect(gate.pass(call(chatId), never)).toBeUndefined()
    gate.tokenRefused()
    gate.tokenRefused()
    for (const chatId of [1, 2, 3, 4]) send(`${chatId}`, call(chatId))
    const probes: number[] = []
    await vi.advanceTimersByTimeAsync(1000)
    for (let probe = 0; probe < 6; probe += 1) {
      expect(passed).toHaveLength(probe + 1)
      probes.push(passed.at(-1)!.at)
      send(passed.at(-1)!.name, call(Number(passed.at(-1)!.name)))
      gate.tokenRefused()
      await vi.advanceTimersByTimeAsync([2000, 4000, 8000, 15_000, 15_000, 15_000][probe]!)
    }
    expect(probes).toEqual([1000, 3000, 7000, 15_000, 30_000, 45_000])
    expect(gate.isTokenRefused).toBe(true)
    gate.answered(call(Number(passed.at(-1)!.name)))
    expect(gate.isTokenRefused).toBe(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(new Set(names()).size).toBe(4)
    expect(passed).toHaveLength(10)
  })
})
