import fs, { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CommitQueue } from './commit-queue.ts'
import { DiskProbe } from './disk-probe.ts'
import { openSqliteDatabase } from './sqlite-database.ts'
import { WriteLog } from './write-log.ts'

let folder: string
const closers: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pluggram-probe-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closers.splice(0).toReversed()) await close()
  rmSync(folder, { recursive: true, force: true })
})

function open(options: { idleMs?: number } = {}): { log: WriteLog; commits: CommitQueue; probe: DiskProbe } {
  const database = openSqliteDatabase(join(folder, 'test.db'))
  const log = new WriteLog(database)
  const commits = new CommitQueue(log)
  const probe = new DiskProbe({ folder, log, commits, lookMs: 10, ...options })
  closers.push(
    () => database.close(),
    () => log.close(),
    () => commits.close(),
    () => probe.close(),
  )
  return { log, commits, probe }
}

const sizeOfLog = (): number => statSync(join(folder, 'test.db-wal')).size

test('a database that nobody writes to is tried now and then, with a write that reaches the disk', async () => {
  const { log, probe } = open({ idleMs: 50 })
  const [before, size] = [log.keptAt, sizeOfLog()]
  await expect.poll(() => log.keptAt).toBeGreaterThan(before)
  expect(sizeOfLog()).toBeGreaterThan(size)
  expect(probe.failure()).toBeUndefined()
})

test('otherwise it only looks', async () => {
  const { log } = open()
  const before = log.keptAt
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(log.keptAt).toBe(before)
})

test('a write that failed is tried again until one is kept, though nobody else writes', async () => {
  const { commits, probe } = open()
  const failing = vi.spyOn(fs, 'fdatasync').mockImplementation((_descriptor, done) => done(new Error('EIO')))
  const written = commits.write(() => {})
  await expect.poll(() => probe.failure()).toBe('EIO')
  failing.mockRestore()
  await written
  await expect.poll(() => probe.failure()).toBeUndefined()
})

test('what one queue could not write counts until any of them can', async () => {
  const { log, commits, probe } = open()
  await commits
    .write(() => {
      throw new Error('database or disk is full')
    })
    .catch(() => {})
  expect(probe.failure()).toBe('database or disk is full')
  await expect.poll(() => probe.failure()).toBeUndefined()
  expect(log.failure).toBeUndefined()
})

test('a disk that never answers is told from one that is slow', async () => {
  const { commits, probe } = open()
  const pending: (() => void)[] = []
  vi.spyOn(fs, 'fdatasync').mockImplementation((_descriptor, done) => void pending.push(() => done(null)))
  const written = commits.write(() => {})
  await expect.poll(() => pending.length).toBe(1)
  expect(probe.failure()).toBeUndefined()
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 9_000)
  expect(probe.failure()).toBe('the disk has not kept a write for 9 s')
  vi.restoreAllMocks()
  for (const finish of pending) finish()
  await written
  expect(probe.failure()).toBeUndefined()
})
