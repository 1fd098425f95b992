import type { Chat } from '@pluggram/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TypingIndicators } from './typing-indicators.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => vi.useRealTimers())

function createIndicators(): { indicators: TypingIndicators; shown: number[] } {
  const shown: number[] = []
  const indicators = new TypingIndicators({
    async showTyping(chat) {
      shown.push(chat.id)
    },
  })
  return { indicators, shown }
}

const chat = (id: number): Chat => ({ id, type: 'private' })

test('a quick answer shows nothing', () => {
  const { indicators, shown } = createIndicators()
  const work = indicators.begin(chat(1))
  vi.advanceTimersByTime(200)
  indicators.end(work)
  vi.advanceTimersByTime(10_000)
  expect(shown).toEqual([])
})

test('work that takes a while shows before Telegram lets it fade, until it ends', () => {
  const { indicators, shown } = createIndicators()
  const work = indicators.begin(chat(1))
  vi.advanceTimersByTime(400)
  expect(shown).toEqual([1])
  vi.advanceTimersByTime(4_600)
  expect(shown).toEqual([1, 1])
  indicators.end(work)
  vi.advanceTimersByTime(20_000)
  expect(shown).toEqual([1, 1])
})

test('chats begin and end for themselves, and nothing is left when nobody works', () => {
  const { indicators, shown } = createIndicators()
  const first = indicators.begin(chat(1))
  vi.advanceTimersByTime(200)
  const second = indicators.begin(chat(2))
  vi.advanceTimersByTime(200)
  expect(shown).toEqual([1])
  indicators.end(first)
  vi.advanceTimersByTime(200)
  expect(shown).toEqual([1, 2])
  expect(vi.getTimerCount()).toBe(1)
  indicators.end(second)
  expect(vi.getTimerCount()).toBe(0)
})
