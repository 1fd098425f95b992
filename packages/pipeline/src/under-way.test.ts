import type { Chat } from '@pluggram/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { UnderWay } from './under-way.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => vi.useRealTimers())

function createUnderWay(): { underWay: UnderWay; shown: number[]; stopping: AbortController } {
  const shown: number[] = []
  const stopping = new AbortController()
  const actions = {
    async showTyping({ id }: Chat) {
      shown.push(id)
    },
  }
  return { underWay: new UnderWay(actions, stopping.signal), shown, stopping }
}

const chat = (id: number): Chat => ({ id, type: 'private' })

test('a quick answer shows nothing', () => {
  const { underWay, shown } = createUnderWay()
  const work = underWay.begin(chat(1))
  vi.advanceTimersByTime(200)
  underWay.end(work)
  vi.advanceTimersByTime(10_000)
  expect(shown).toEqual([])
})

test('work that takes a while shows before Telegram lets it fade, until it ends', () => {
  const { underWay, shown } = createUnderWay()
  const work = underWay.begin(chat(1))
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
  const first = underWay.begin(chat(1))
  vi.advanceTimersByTime(200)
  const second = underWay.begin(chat(2))
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
  const [ended, running] = [underWay.begin(chat(1)), underWay.begin(chat(2))]
  const over = underWay.controllerFor(ended)
  const first = underWay.controllerFor(running)
  const second = underWay.controllerFor(running)
  underWay.end(ended)
  stopping.abort(new Error('stopping'))
  expect([over, first, second].map(({ signal }) => signal.aborted)).toEqual([false, false, true])
  const later = underWay.controllerFor(underWay.begin(chat(3)))
  expect(later.signal.reason).toMatchObject({ message: 'stopping' })
})
