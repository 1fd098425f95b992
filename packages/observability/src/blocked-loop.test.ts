import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { BlockedLoop } from './blocked-loop.ts'

const lines: string[] = []
const log = (message: string): void => void lines.push(message)
const logger = { debug: log, info: log, warn: log, error: log }
const loops: BlockedLoop[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  lines.length = 0
  await Promise.all(loops.splice(0).map((loop) => loop.close()))
})

/** Processor time used so far. */
let cpu = 0

function create(): BlockedLoop {
  const loop = new BlockedLoop(logger, () => cpu)
  loops.push(loop)
  return loop
}

test('a loop that is late now and then is well', async () => {
  const loop = create()
  for (const late of [0, 40, 900, 1_999]) loop.beat(late)
  await sleep(1)
  expect([loop.count, loop.health().status, lines]).toEqual([0, 'ok', []])
  loop.beat(2_500)
  await sleep(1)
  // counted, but a busy machine does that too
  expect([loop.count, loop.health().status, lines]).toEqual([1, 'ok', []])
})

test('a block is told for a while after it ended, and logged once', async () => {
  const loop = create()
  cpu += 19_000
  loop.beat(20_000)
  await sleep(1)
  expect(loop.health()).toMatchObject({
    status: 'degraded',
    problem: { id: 'loop.blocked', why: 'code computed for 20 s without a pause, 0 s ago.' },
  })
  expect(lines).toEqual([expect.stringContaining('was blocked')])
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 61_000)
  expect(loop.health()).toEqual({ status: 'ok' })
})

test('a machine that slept, or had no time, blames no code', async () => {
  const loop = create()
  cpu += 500
  loop.beat(20_000)
  await sleep(1)
  expect(loop.health()).toEqual({ status: 'ok' })
  expect(lines).toEqual([expect.stringContaining('did not run for a while')])
})
