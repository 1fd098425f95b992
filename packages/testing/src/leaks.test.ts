import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { countResources, findLeaks } from './leaks.ts'

const quick = { settleMilliseconds: 50 }

test('nothing left behind is no leak, also when it takes a moment to go', async () => {
  const baseline = countResources()
  setTimeout(() => {}, 30)
  expect(await findLeaks(baseline)).toEqual([])
})

test('timers are named with their number', async () => {
  const baseline = countResources()
  const timers = [setInterval(() => {}, 1_000), setInterval(() => {}, 1_000)]
  expect(await findLeaks(baseline, quick)).toEqual(['2 × timer'])
  expect(await findLeaks(baseline, { ...quick, ignore: ['Timeout'] })).toEqual([])
  timers.forEach((timer) => clearInterval(timer))
  expect(await findLeaks(baseline, quick)).toEqual([])
})

test('a listening server is named', async () => {
  const baseline = countResources()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  expect(await findLeaks(baseline, quick)).toEqual(['1 × TCP server'])
  server.close()
  await once(server, 'close')
})

test('a running child process is named', async () => {
  const baseline = countResources()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  expect(await findLeaks(baseline, quick)).toContain('1 × child process')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await findLeaks(baseline)).toEqual([])
})
