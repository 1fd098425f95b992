import type { Chat } from '@pluggram/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Place } from './lanes.ts'
import { UnderWay } from './under-way.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => vi.useRealTimers())

function createUnderWay(isReached = true): {
  underWay: UnderWay
  shown: number[]
  stopping: AbortController
} {
  const shown: number[] = []
  const stopping = new AbortController()
  const actions = {
    async showTyping({ id }: Chat) {
      shown.push(id)
      return isReached
    },
  }
  return { underWay: new UnderWay(actions, stopping.signal), shown, stopping }
}

const place: Place = { isUrgent: false, release: () => {} }
const chat = (id: number): Chat => ({ id, type: 'private' })
const about = (where: Chat) => ({ chat: where, message: { id: 1 } })

test('a quick answer shows nothing', () => {
  const { underWay, shown } = createUnderWay()
  const work = underWay.begin(about(chat(1)), place)
  vi.advanceTimersByTime(200)
  underWay.end(work)
  vi.advanceTimersByTime(10_000)
  expect(shown).toEqual([])
})

test('work that takes a while shows before Telegram lets it fade, until it ends', () => {
  const { underWay, shown } = createUnderWay()
  const work = underWay.begin(about(chat(1)), place)
  vi.advanceTimersByTime(400)
  expect(shown).toEqual([1])
  vi.advanceTimersByTime(4_600)
  expect(shown).toEqual([1, 1])
  underWay.end(work)
  vi.advanceTimersByTime(20_000)
  expect(shown).toEqual([1, 1])
})

test('chats begin and end for themselves, and nothing is left when nobody works', () => {
  const { underWay, shown } = createUnderWay()
  const first = underWay.begin(about(chat(1)), place)
  vi.advanceTimersByTime(200)
  const second = underWay.begin(about(chat(2)), place)
  vi.advanceTimersByTime(200)
  expect(shown).toEqual([1])
  underWay.end(first)
  vi.advanceTimersByTime(200)
  expect(shown).toEqual([1, 2])
  expect(vi.getTimerCount()).toBe(1)
  underWay.end(second)
  expect(vi.getTimerCount()).toBe(0)
})

test('a stop aborts the calls under way, and those that begin later, but none that has ended', () => {
  const { underWay, stopping } = createUnderWay()
  const [ended, running] = [underWay.begin(about(chat(1)), place), underWay.begin(about(chat(2)), place)]
  const over = underWay.controllerFor(ended)
  const first = underWay.controllerFor(running)
  const second = underWay.controllerFor(running)
  underWay.end(ended)
  stopping.abort(new Error('stopping'))
  expect([over, first, second].map(({ signal }) => signal.aborted)).toEqual([false, false, true])
  const later = underWay.controllerFor(underWay.begin(about(chat(3)), place))
  expect(later.signal.reason).toMatchObject({ message: 'stopping' })
})

test('work that takes a while releases its place; a quick answer keeps it', () => {
  const { underWay } = createUnderWay()
  let released = 0
  const counting: Place = { isUrgent: false, release: () => void (released += 1) }
  const work = underWay.begin(about(chat(1)), counting)
  vi.advanceTimersByTime(200)
  expect(released).toBe(0)
  vi.advanceTimersByTime(200)
  expect(released).toBe(1)
  underWay.end(work)
})

test('work for a chat that can no longer be reached is aborted', async () => {
  const { underWay } = createUnderWay(false)
  const work = underWay.begin(about(chat(1)), place)
  const { signal } = underWay.controllerFor(work)
  vi.advanceTimersByTime(400)
  await Promise.resolve()
  expect(signal.reason).toMatchObject({ code: 'delivery-blocked' })
  underWay.end(work)
})
