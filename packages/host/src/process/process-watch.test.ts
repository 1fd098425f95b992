import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ProcessUsage } from './proc-files.ts'
import { ProcessWatch } from './process-watch.ts'

let usage: ProcessUsage | undefined
let pings: number
let hasUnread: boolean
let silences: number[]
let violations: string[]
let watch: ProcessWatch

beforeEach(() => {
  vi.useFakeTimers()
  usage = { residentBytes: 50 * 1_048_576, cpuSeconds: 1, isStopped: false }
  pings = 0
  hasUnread = false
  silences = []
  violations = []
  watch = new ProcessWatch({
    pid: 1,
    memoryMb: 100,
    ping: () => (pings += 1),
    hasUnread: () => hasUnread,
    onSilence: (seconds) => silences.push(seconds),
    onBusy() {},
    onViolation: (reason) => violations.push(reason),
    readUsage: () => usage,
  })
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

/** Lets time pass for a process that uses this share of a CPU. */
async function pass(milliseconds: number, cpuShare = 0): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 250) {
    await vi.advanceTimersByTimeAsync(250)
    if (usage) usage = { ...usage, cpuSeconds: usage.cpuSeconds + cpuShare * 0.25 }
  }
}

test('a process that answers is asked on and never named', async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    await pass(250, 1)
    watch.pong()
  }
  expect(pings).toBeGreaterThan(15)
  expect([...silences, ...violations]).toEqual([])
})

test('a loop is named within two seconds and ended within five, with a whole processor or a twentieth of one', async () => {
  for (const share of [1, 0.05]) {
    silences = []
    violations = []
    watch.pong()
    await pass(2_000, share)
    expect(silences).toHaveLength(1)
    await pass(2_500, share)
    expect(violations[0]).toMatch(/^blocked its event loop for \d\.\d s$/)
  }
})

test('a loop is ended by the clock where the kernel tells nothing', async () => {
  usage = undefined
  await pass(3_000)
  expect(violations).toEqual([])
  await pass(1_250)
  expect(violations).not.toEqual([])
})

test('a plugin that starts may use its time in one piece, and is ended when it used too much of it', async () => {
  watch.beginStart(20)
  await pass(6_000, 1)
  expect(silences).toHaveLength(1)
  expect(violations).toEqual([])
  await pass(3_000, 1)
  expect(violations).not.toEqual([])
})

test('a process that was stopped by a signal is ended', async () => {
  usage = usage && { ...usage, isStopped: true }
  await pass(3_000)
  expect(violations).not.toEqual([])
})

test('a host that stood still itself takes one more look before it blames a plugin', async () => {
  await pass(250)
  vi.setSystemTime(Date.now() + 10_000)
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000)
  await vi.advanceTimersByTimeAsync(250)
  expect([...silences, ...violations]).toEqual([])
  watch.pong()
  vi.restoreAllMocks()
})

test('memory over the limit is a violation at once', async () => {
  usage = usage && { ...usage, residentBytes: 101 * 1_048_576 }
  await pass(250)
  expect(violations).toEqual(['used 101 MB of memory; 100 MB are allowed'])
})

test('a process that has not read yet what it was sent may not know of the ping, and has longer', async () => {
  hasUnread = true
  await pass(10_000)
  expect(violations).toEqual([])
  await pass(7_000)
  expect(violations[0]).toMatch(/^blocked its event loop for \d+\.\d s$/)
})
