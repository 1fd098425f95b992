import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PollOutcome } from './update-queue.ts'
import { UpdateQueue } from './update-queue.ts'

const NEVER = new AbortController().signal

let queue: UpdateQueue
let counter: number

beforeEach(() => {
  queue = new UpdateQueue()
  counter = 0
})

afterEach(() => {
  queue.releasePoll()
  vi.useRealTimers()
})

function push(): number {
  counter += 1
  const message = { message_id: counter, date: 0, chat: { id: 1, type: 'private' as const } }
  return queue.push('1', { message }) ?? 0
}

async function poll(offset = 0, limit = 100, timeoutSeconds = 0): Promise<number[]> {
  return idsOf(await queue.poll({ offset, limit, timeoutSeconds }, NEVER))
}

function idsOf(outcome: PollOutcome): number[] {
  return outcome.kind === 'updates' ? outcome.updates.map((update) => update.update_id) : []
}

describe('UpdateQueue', () => {
  it('numbers updates one after another and hands them out until confirmed', async () => {
    const [a, b, c] = [push(), push(), push()]
    expect([b, c]).toEqual([a + 1, a + 2])
    expect(await poll()).toEqual([a, b, c])
    expect(await poll(0, 2)).toEqual([a, b])
    expect(await poll(b)).toEqual([b, c])
    expect(await poll(c + 1)).toEqual([])
    expect(queue.pendingCount).toBe(0)
  })

  it('forgets all but the last updates at a negative offset', async () => {
    const ids = [push(), push(), push()]
    expect(await poll(-2)).toEqual(ids.slice(1))
    expect(await poll()).toEqual(ids.slice(1))
    expect(await poll(-9)).toEqual(ids.slice(1))
  })

  it('serves from the start who asks beyond the newest update', async () => {
    const id = push()
    expect(await poll(id + 1000)).toEqual([id])
    expect(queue.pendingCount).toBe(1)
  })

  it('holds a poll until an update comes, and puts those of one turn in one answer', async () => {
    const held = poll(0, 100, 50)
    const ids = [push(), push()]
    expect(await held).toEqual(ids)
  })

  it('ends a held poll empty after its time', async () => {
    vi.useFakeTimers()
    const held = poll(0, 100, 3)
    await vi.advanceTimersByTimeAsync(3000)
    expect(await held).toEqual([])
  })

  it('keeps updates for the next poll when the caller of a held one is gone', async () => {
    const gone = new AbortController()
    const held = queue.poll({ offset: 0, limit: 100, timeoutSeconds: 50 }, gone.signal)
    gone.abort()
    expect(await held).toEqual({ kind: 'updates', updates: [] })
    const id = push()
    expect(await poll()).toEqual([id])
  })

  it('ends the first of two polls', async () => {
    const first = queue.poll({ offset: 0, limit: 100, timeoutSeconds: 50 }, NEVER)
    const second = poll(0, 100, 50)
    expect(await first).toEqual({ kind: 'superseded', by: 'getUpdates' })
    const id = push()
    expect(await second).toEqual([id])
  })

  it('queues only what the bot wants, and reactions only when asked for', async () => {
    const reaction = {
      message_reaction_count: {
        chat: { id: 1, type: 'private' as const },
        message_id: 1,
        date: 0,
        reactions: [],
      },
    }
    expect(queue.push('1', reaction)).toBeUndefined()
    queue.setAllowedUpdates(['message_reaction_count'])
    expect(queue.push('1', reaction)).toBeTypeOf('number')
    expect(push()).toBe(0)
    queue.setAllowedUpdates(undefined)
    expect(queue.allowedUpdates).toEqual(['message_reaction_count'])
    queue.setAllowedUpdates([])
    expect(push()).toBeGreaterThan(0)
  })

  it('jumps ids in both directions and still delivers', async () => {
    const a = push()
    expect(await poll(a + 1)).toEqual([])
    queue.jump(1000)
    const b = push()
    expect(b).toBe(a + 1001)
    expect(await poll(a + 1)).toEqual([b])
    expect(await poll(b + 1)).toEqual([])
    queue.jump(-5000)
    const c = push()
    expect(c).toBeLessThan(a)
    expect(await poll(b + 1)).toEqual([c])
  })

  it('delivers an old update once more, once', async () => {
    const id = push()
    await poll(id + 1)
    expect(queue.redeliver(id)).toBe(true)
    expect(await poll(id + 1)).toEqual([id])
    expect(await poll(id + 1)).toEqual([])
    expect(queue.redeliver(id + 77)).toBe(false)
  })

  it('drops updates after a day', async () => {
    vi.useFakeTimers()
    push()
    vi.advanceTimersByTime(25 * 60 * 60 * 1000)
    const id = push()
    expect(await poll()).toEqual([id])
  })
})
