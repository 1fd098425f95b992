import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { watchEventLoop } from './event-loop-delay.ts'

test('an event loop that was blocked is remembered for a while', async () => {
  const loop = watchEventLoop()
  const end = performance.now() + 1_500
  while (performance.now() < end);
  await sleep(10)
  const delay = loop.longestSeconds()
  loop.stop()
  // the timer was due half a second after the start
  expect(delay).toBeGreaterThan(0.9)
})
