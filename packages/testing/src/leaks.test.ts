import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLeakDetector } from './leaks.ts'
import type { LeakDetector } from './leaks.ts'

const quick = { settleMilliseconds: 50 }
let detector: LeakDetector

beforeEach(() => {
  detector = createLeakDetector()
})
afterEach(() => detector.close())

test('nothing left behind is no leak, also when it takes a moment to go', async () => {
  setTimeout(() => {}, 30)
  expect(await detector.leaks()).toEqual([])
})

test('timers are named with their number and the file that made them', async () => {
  const timers = [setInterval(() => {}, 1_000), setInterval(() => {}, 1_000)]
  expect(await detector.leaks(quick)).toEqual([
    expect.stringMatching(/^2 × timer \(made at \S*leaks\.test\.ts:\d+/),
  ])
  expect(await detector.leaks({ ...quick, ignore: ['Timeout'] })).toEqual([])
  timers.forEach((timer) => clearInterval(timer))
  expect(await detector.leaks(quick)).toEqual([])
})

test('timers that keep nothing alive, and those that were there before, are no leak', async () => {
  const timers = [setInterval(() => {}, 1_000).unref()]
  expect(await detector.leaks(quick)).toEqual([])
  timers.push(setInterval(() => {}, 1_000))
  const later = createLeakDetector()
  expect(await later.leaks(quick)).toEqual([])
  later.close()
  timers.forEach((timer) => clearInterval(timer))
})

test('a listening server is named', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  expect(await detector.leaks(quick)).toEqual(['1 × TCP server'])
  server.close()
  await once(server, 'close')
  expect(await detector.leaks()).toEqual([])
})

test('a running child process is named', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  expect(await detector.leaks(quick)).toContain('1 × child process')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await detector.leaks()).toEqual([])
})
