import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileGuard, savedCopyOf } from './file-guard.ts'
import { openSqliteDatabase } from './sqlite-database.ts'
import { WriteLog } from './write-log.ts'

let folder: string
let file: string
const closers: (() => Promise<void> | void)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pluggram-guard-'))
  file = join(folder, 'test.db')
})
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  rmSync(folder, { recursive: true, force: true })
})

interface Guarded {
  readonly guard: FileGuard
  readonly log: WriteLog
  readonly events: string[]
}

/** A guarded database with one row, which is in the log only. */
function open(): Guarded {
  const database = openSqliteDatabase(file)
  const log = new WriteLog(database)
  log.transact(() => log.connection.exec("INSERT INTO ai_choice VALUES (1, 'chat', 7, 'kept')"))
  const events: string[] = []
  const guard = new FileGuard(database, log, {
    onGone: (problem) => events.push(problem),
    onBack: () => events.push('back'),
    lookMs: 5,
  })
  closers.push(
    () => database.close(),
    () => log.close(),
    () => guard.close(),
  )
  expect(guard.failure()).toBeUndefined()
  return { guard, log, events }
}

test.each([
  ['the database', ['']],
  ['the log', ['-wal']],
  ['all files', ['', '-wal', '-shm']],
])('%s deleted: writes are refused and the content is saved; a repair goes on with it', async (_, gone) => {
  const { guard, log, events } = open()
  for (const suffix of gone) rmSync(file + suffix)
  await expect.poll(() => events).toHaveLength(1)
  expect(guard.failure()).toContain(savedCopyOf(file))
  expect(() => log.transact(() => {})).toThrow('deleted or replaced')
  for (const close of closers.splice(0).toReversed()) await close()

  expect(() => openSqliteDatabase(file)).toThrow('pluggram start --repair')
  const repaired = openSqliteDatabase(file, { repair: true })
  closers.push(() => repaired.close())
  expect(repaired.prepare('SELECT model FROM ai_choice').all()).toEqual([{ model: 'kept' }])
  expect(existsSync(savedCopyOf(file))).toBe(false)
})

test('a database that was replaced is noticed; when the right one is back, all is well', async () => {
  const { guard, log, events } = open()
  renameSync(file, `${file}.away`)
  writeFileSync(file, 'something else')
  await expect.poll(() => events).toHaveLength(1)
  renameSync(`${file}.away`, file)
  await expect.poll(() => events).toEqual([expect.any(String), 'back'])
  expect(guard.failure()).toBeUndefined()
  expect(log.transact(() => {})).toBe(true)
  await expect.poll(() => existsSync(savedCopyOf(file))).toBe(false)
})
