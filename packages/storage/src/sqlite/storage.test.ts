import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { storeBackendContract } from '@pluggram/testing/contracts'
import { createSqlitePluginStores, lockHome, openSqliteDatabase, WriteLog } from '../index.ts'
import { MIGRATIONS } from './schema.ts'
import { openStorage } from './test-storage.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-storage-'))
  file = join(folder, 'data', 'pluggram.db')
})
afterEach(() => rm(folder, { recursive: true }))

storeBackendContract('in SQLite', (options) => {
  const database = openSqliteDatabase(':memory:')
  const stores = createSqlitePluginStores(new WriteLog(database), options)
  return {
    forPlugin: (name) => stores.forPlugin(name),
    async close() {
      await stores.close()
      database.close()
    },
  }
})

describe('plugin stores in SQLite', () => {
  test('keep what they were given over a restart', async () => {
    const storage = openStorage(file)
    const stores = createSqlitePluginStores(storage.log)
    await stores.forPlugin('notes').write('kept', { json: '{"n":1}', expiresAt: null })
    await stores.close()
    await storage.close()
    const again = openStorage(file)
    const kept = createSqlitePluginStores(again.log)
    expect(await kept.forPlugin('notes').read('kept')).toEqual({ json: '{"n":1}', expiresAt: null })
    await kept.close()
    await again.close()
  })

  test('forget for good what has expired', async () => {
    let now = 1_000
    const database = openSqliteDatabase(':memory:')
    const stores = createSqlitePluginStores(new WriteLog(database), { now: () => now })
    await stores.forPlugin('a').write('short', { json: '1', expiresAt: 2_000 })
    now = 2_000
    await stores.tidy()
    expect(database.prepare('SELECT count(*) AS n FROM plugin_store').get()?.n).toBe(0)
    await stores.close()
    database.close()
  })

  test('are full at their bounds, make room of what has expired, and let go what was deleted', async () => {
    let now = 1_000
    const database = openSqliteDatabase(':memory:')
    const stores = createSqlitePluginStores(new WriteLog(database), {
      now: () => now,
      limit: { keys: 3, bytes: 100 },
    })
    const backend = stores.forPlugin('a')
    await backend.write('k1', { json: '1', expiresAt: 2_000 })
    await backend.write('k2', { json: '2', expiresAt: null })
    await backend.write('k3', { json: '3', expiresAt: null })
    const fourth = backend.write('k4', { json: '4', expiresAt: null })
    await expect(fourth).rejects.toMatchObject({
      code: 'store-limit',
      message: expect.stringContaining('full'),
    })
    await stores.forPlugin('b').write('k4', { json: '4', expiresAt: null })
    now = 2_000
    await backend.write('k4', { json: '4', expiresAt: null })
    const large = backend.write('k4', { json: JSON.stringify('x'.repeat(100)), expiresAt: null })
    await expect(large).rejects.toMatchObject({ code: 'store-limit' })
    expect(await backend.read('k4')).toMatchObject({ json: '4' })
    expect(await backend.remove('k2')).toBe(true)
    await backend.write('k5', { json: '5', expiresAt: null })
    await stores.close()
    database.close()
  })

  test('take many writes of the same moment in one go, each of which can be refused alone', async () => {
    const database = openSqliteDatabase(':memory:')
    const stores = createSqlitePluginStores(new WriteLog(database), { limit: { keys: 5, bytes: 1_000 } })
    const backend = stores.forPlugin('a')
    const writes = Array.from({ length: 10 }, (_, index) =>
      backend.write(`k${index}`, { json: String(index), expiresAt: null }),
    )
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill('fulfilled'),
      ...Array<string>(5).fill('rejected'),
    ])
    expect(await backend.keys('', '', 100)).toHaveLength(5)
    await stores.close()
    database.close()
  })
})

describe('opening a database', () => {
  test('every commit waits for the disk, unless the owner chose otherwise', () => {
    const safe = openSqliteDatabase(file)
    expect(safe.prepare('PRAGMA synchronous').get()?.synchronous).toBe(2)
    safe.close()
    const fast = openSqliteDatabase(file, { synchronous: 'normal' })
    expect(fast.prepare('PRAGMA synchronous').get()?.synchronous).toBe(1)
    fast.close()
  })

  test('one of a newer release is refused and left untouched', async () => {
    openSqliteDatabase(file).close()
    const raw = new DatabaseSync(file)
    raw.exec('PRAGMA user_version = 99')
    raw.close()
    expect(() => openSqliteDatabase(file)).toThrow(/newer Pluggram/)
    const again = new DatabaseSync(file)
    expect(again.prepare('PRAGMA user_version').get()?.user_version).toBe(99)
    again.close()
  })

  test('a damaged file is refused and left untouched; only repair moves it aside', async () => {
    openSqliteDatabase(file).close()
    await writeFile(file, 'this is no database, it is a text file of some length '.repeat(20))
    const before = await readFile(file)
    expect(() => openSqliteDatabase(file)).toThrow(/is damaged.*--repair/)
    expect(await readFile(file)).toEqual(before)
    let movedTo = ''
    openSqliteDatabase(file, { repair: true, onRepair: (path) => (movedTo = path) }).close()
    expect(await readFile(movedTo)).toEqual(before)
    openSqliteDatabase(file).close()
  })

  test('a file that was emptied is damaged, not new', async () => {
    openSqliteDatabase(file).close()
    await writeFile(file, '')
    expect(() => openSqliteDatabase(file)).toThrow(/is damaged.*empty.*--repair/)
    openSqliteDatabase(file, { repair: true }).close()
    openSqliteDatabase(file).close()
  })

  test('a log without its file is damage, and is not taken for that of a new file', async () => {
    openSqliteDatabase(file).close()
    await rm(file)
    await writeFile(`${file}-wal`, 'something')
    expect(() => openSqliteDatabase(file)).toThrow(/is damaged.*log alone/)
    openSqliteDatabase(file, { repair: true }).close()
  })

  test('damage inside the file is found', async () => {
    const storage = openStorage(file)
    const store = createSqlitePluginStores(storage.log).forPlugin('a')
    for (let index = 0; index < 200; index += 1)
      await store.write(`key ${index}`, { json: JSON.stringify('x'.repeat(500)), expiresAt: null })
    await storage.close()
    const bytes = await readFile(file)
    bytes.fill(0x5a, 3 * 4_096, 9 * 4_096)
    await writeFile(file, bytes)
    expect(() => openSqliteDatabase(file)).toThrow(/is damaged/)
  })

  describe('a damaged log', () => {
    const COMMITS = 30
    const FRAME_BYTES = 24 + 4_096

    /** Leaves the files as `kill -9` does, with one commit for each key. */
    async function leaveLog(): Promise<Buffer> {
      const storage = openStorage(file)
      const store = createSqlitePluginStores(storage.log).forPlugin('a')
      for (let index = 0; index < COMMITS; index += 1)
        await store.write(`key ${index}`, { json: '1', expiresAt: null })
      const [main, log] = [await readFile(file), await readFile(`${file}-wal`)]
      await storage.close()
      await writeFile(file, main)
      await writeFile(`${file}-wal`, log)
      return log
    }
    function countKeys(): number {
      const database = openSqliteDatabase(file)
      const keys = database.prepare('SELECT count(*) AS keys FROM plugin_store').get()?.keys
      database.close()
      return Number(keys)
    }

    test('a sound one is read to its end', async () => {
      await leaveLog()
      expect(countKeys()).toBe(COMMITS)
    })

    test.each([
      ['a page in the middle', (log: Buffer) => log.fill(0x5a, log.length / 2, log.length / 2 + 2_000)],
      [
        'a bit',
        (log: Buffer) =>
          log.writeUInt8((log[log.length - 15 * FRAME_BYTES] ?? 0) ^ 1, log.length - 15 * FRAME_BYTES),
      ],
      ['its header', (log: Buffer) => log.fill(0, 0, 32)],
      ['its first page', (log: Buffer) => log.fill(0, 32, 32 + FRAME_BYTES)],
    ])('is refused and left untouched: %s', async (_name, damage) => {
      const log = await leaveLog()
      damage(log)
      await writeFile(`${file}-wal`, log)
      expect(() => openSqliteDatabase(file)).toThrow(/log of the database.*damaged.*--repair/)
      expect(await readFile(`${file}-wal`)).toEqual(log)
    })

    test('repair puts a copy aside and keeps what can be read', async () => {
      const log = await leaveLog()
      log.fill(0x5a, log.length - 10 * FRAME_BYTES, log.length - 9 * FRAME_BYTES)
      await writeFile(`${file}-wal`, log)
      let copy = ''
      openSqliteDatabase(file, { repair: true, onRepair: (path) => (copy = path) }).close()
      expect(await readFile(`${copy}-wal`)).toEqual(log)
      expect(countKeys()).toBeGreaterThan(10)
      expect(countKeys()).toBeLessThan(COMMITS)
    })

    test('an end that was torn, as a power loss leaves it, is no damage', async () => {
      const log = await leaveLog()
      log.fill(0, log.length - 3 * FRAME_BYTES, log.length - 2 * FRAME_BYTES)
      await writeFile(`${file}-wal`, log)
      expect(countKeys()).toBeLessThan(COMMITS)
    })

    test('what an earlier round left in the log is no damage', async () => {
      const storage = openStorage(file)
      const store = createSqlitePluginStores(storage.log).forPlugin('a')
      for (let index = 0; index < 60; index += 1)
        await store.write(`key ${index}`, { json: '1', expiresAt: null })
      storage.database.exec('PRAGMA wal_checkpoint(RESTART)')
      for (let index = 0; index < 5; index += 1)
        await store.write(`key ${index}`, { json: '2', expiresAt: null })
      const [main, log] = [await readFile(file), await readFile(`${file}-wal`)]
      await storage.close()
      await writeFile(file, main)
      await writeFile(`${file}-wal`, log)
      expect(log.length).toBeGreaterThan(60 * FRAME_BYTES)
      expect(countKeys()).toBe(60)
    })
  })

  test('an older schema is backed up, then migrated', () => {
    const first = openSqliteDatabase(file)
    first.exec("INSERT INTO plugin_store VALUES ('a', 'key', '1', NULL, 0)")
    first.close()
    const migrated = openSqliteDatabase(file, { migrations: NEXT_RELEASE })
    expect(migrated.prepare('SELECT owner, mood FROM plugin_store').all()).toEqual([
      { owner: 'a', mood: 'fine' },
    ])
    migrated.close()
    const backup = new DatabaseSync(`${file}.v${VERSION}.backup`)
    expect(backup.prepare('PRAGMA user_version').get()?.user_version).toBe(VERSION)
    expect(backup.prepare('SELECT * FROM plugin_store').all()).toEqual([
      { owner: 'a', key: 'key', value: '1', expires_at: null, written_at: 0 },
    ])
    backup.close()
    expect(() => openSqliteDatabase(file)).toThrow(
      new RegExp(`version ${VERSION + 1}.*knows only ${VERSION}:.*newer Pluggram`),
    )
  })

  test('kill -9 within a migration leaves the version before it, and the next start goes on from there', () => {
    const first = openSqliteDatabase(file)
    first.exec("INSERT INTO plugin_store VALUES ('a', 'key', '1', NULL, 0)")
    first.close()
    const killed = spawnSync(process.execPath, ['-e', DYING_STEP, file, NEXT_STEP, String(VERSION + 1)])
    expect(killed.signal).toBe('SIGKILL')
    const untouched = openSqliteDatabase(file)
    expect(untouched.prepare('SELECT * FROM plugin_store').get()).not.toHaveProperty('mood')
    untouched.close()
    const migrated = openSqliteDatabase(file, { migrations: NEXT_RELEASE })
    expect(migrated.prepare('PRAGMA user_version').get()?.user_version).toBe(VERSION + 1)
    expect(migrated.prepare('PRAGMA integrity_check').get()?.integrity_check).toBe('ok')
    expect(migrated.prepare('SELECT value, mood FROM plugin_store').all()).toEqual([
      { value: '1', mood: 'fine' },
    ])
    migrated.close()
    const backup = new DatabaseSync(`${file}.v${VERSION}.backup`)
    expect(backup.prepare('SELECT value FROM plugin_store').all()).toEqual([{ value: '1' }])
    backup.close()
  })

  test('a step that fails leaves the schema as it was', () => {
    openSqliteDatabase(file).close()
    const broken = [...MIGRATIONS, `${NEXT_STEP} INSERT INTO nowhere VALUES (1);`]
    expect(() => openSqliteDatabase(file, { migrations: broken })).toThrow(/cannot be opened.*nowhere/)
    const untouched = openSqliteDatabase(file)
    expect(untouched.prepare('PRAGMA user_version').get()?.user_version).toBe(VERSION)
    untouched.close()
  })
})

const VERSION = MIGRATIONS.length
const NEXT_STEP = "ALTER TABLE plugin_store ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine';"
const NEXT_RELEASE = [...MIGRATIONS, NEXT_STEP]

/** Runs a step up to its commit, then is killed. */
const DYING_STEP = `
  const { DatabaseSync } = require('node:sqlite')
  const [file, step, version] = process.argv.slice(1)
  new DatabaseSync(file).exec('BEGIN IMMEDIATE;' + step + 'PRAGMA user_version = ' + version)
  process.kill(process.pid, 'SIGKILL')
`

test('the log beside the database stays small, so that a small disk is not filled by it', async () => {
  const storage = openStorage(file)
  const store = createSqlitePluginStores(storage.log).forPlugin('notes')
  for (let index = 0; index < 1_000; index += 1)
    await store.write(`key ${index % 10}`, { json: JSON.stringify('x'.repeat(4_000)), expiresAt: null })
  expect((await stat(`${file}-wal`)).size).toBeLessThan(1.5 * 1_048_576)
  await storage.close()
})

test('a home is locked by one assistant at a time, and free again afterwards', () => {
  const lockFile = join(folder, 'data', 'assistant.lock')
  const lock = lockHome(lockFile)
  expect(() => lockHome(lockFile)).toThrow(/Another assistant runs in this home/)
  lock.release()
  lockHome(lockFile).release()
})
