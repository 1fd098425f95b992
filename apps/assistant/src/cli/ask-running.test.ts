import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serveLocally } from '@pluggram/http'
import { z } from '@pluggram/sdk'
import { lockHome } from '@pluggram/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doorFolder } from '../door-folder.ts'
import { askElse, askIfRunning, askOnlyRunning } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'

const logger = { debug() {}, info() {}, warn() {}, error() {} }
const ask = { method: 'GET', path: '/api/name', answer: z.object({ name: z.string() }) } as const
const onFiles = (): { name: string } => ({ name: 'files' })
let cli: CliEnvironment
let data: string
const doors: AsyncDisposable[] = []

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'pluggram-home-'))
  cli = { home, environment: {}, print() {}, printError() {} }
  data = join(home, 'data')
})
afterEach(async () => {
  for (const door of doors.splice(0)) await door[Symbol.asyncDispose]()
  await rm(cli.home, { recursive: true })
})

async function openDoor(): Promise<void> {
  const door = await serveLocally({
    folder: doorFolder(data),
    logger,
    register: (server) => void server.get('/api/name', () => ({ name: 'assistant' })),
  })
  doors.push(door)
}

test('the running assistant is asked; without one the files are used, and nothing is left in the home', async () => {
  expect(await askElse(cli, ask, onFiles)).toEqual({ name: 'files' })
  expect(await askIfRunning(cli, ask)).toBeUndefined()
  await expect(askOnlyRunning(cli, ask)).rejects.toThrow(
    /The assistant is not running in .*npx pluggram start/,
  )
  expect(await readdir(cli.home)).toEqual([])
  await openDoor()
  expect(await askElse(cli, ask, onFiles)).toEqual({ name: 'assistant' })
  expect(await askOnlyRunning(cli, ask)).toEqual({ name: 'assistant' })
})

test('the files are not touched while an assistant starts: its door is waited for', async () => {
  await mkdir(data)
  const lock = lockHome(join(data, 'assistant.lock'))
  try {
    const asking = askElse(cli, ask, onFiles)
    await sleep(300)
    await openDoor()
    expect(await asking).toEqual({ name: 'assistant' })
  } finally {
    lock.release()
  }
})

test('two commands do not work on the files at the same time', async () => {
  await mkdir(data)
  lockHome(join(data, 'assistant.lock')).release()
  let working = 0
  let most = 0
  const work = async (): Promise<{ name: string }> => {
    working += 1
    most = Math.max(most, working)
    await sleep(150)
    working -= 1
    return { name: 'files' }
  }
  await Promise.all([askElse(cli, ask, work), askElse(cli, ask, work)])
  expect(most).toBe(1)
})

test('what the assistant does not know is an error with the next step', async () => {
  await openDoor()
  const unknown = { ...ask, path: '/api/nothing' }
  await expect(askElse(cli, unknown, onFiles)).rejects.toThrow(/does not know GET \/api\/nothing.*restart it/)
})
