import { setImmediate as turn } from 'node:timers/promises'
import type { RunnablePlugin } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { PluginSeats } from './under-way.ts'

const plugin = (isInProcess: boolean): RunnablePlugin => ({ isInProcess }) as RunnablePlugin

test('a plugin in a process gets its number of calls at once, the rest in order; others are not held up', async () => {
  const seats = new PluginSeats(2)
  const slow = plugin(true)
  expect([seats.take(slow, false), seats.take(slow, false)]).toEqual([undefined, undefined])
  const order: string[] = []
  const third = seats.take(slow, false)?.then(() => order.push('third'))
  const fourth = seats.take(slow, false)?.then(() => order.push('fourth'))
  expect(seats.take(slow, true)).toBeUndefined()
  expect(seats.take(plugin(true), false)).toBeUndefined()
  await turn()
  expect(order).toEqual([])
  seats.leave(slow, false)
  await third
  expect(order).toEqual(['third'])
  seats.leave(slow, false)
  await fourth
  seats.leave(slow, false)
  expect(seats.take(slow, false)).toBeUndefined()
})

test('a plugin inside the assistant gets many calls at once, but not any number', () => {
  const seats = new PluginSeats(2)
  const inside = plugin(false)
  let taken = 0
  while (seats.take(inside, false) === undefined) taken += 1
  expect(taken).toBe(1_000)
})
