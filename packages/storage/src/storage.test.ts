import { mkdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSqlitePluginStores, lockHome, openSqliteDatabase } from './index.ts'
import { MIGRATIONS } from './migrations.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-storage-'))
  file = join(folder, 'data', 'pluggram.db')
})
afterEach(() => rm(folder, { recursive: true }))

describe('a plugin store', () => {
  test('gives back any JSON it was given, after a restart too', async () => {
    const database = openSqliteDatabase(file)
    const store = createSqlitePluginStores(database).forPlugin('notes')
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 80 }), fc.jsonValue(), async (key, value) => {
        await store.set(key, value)
        expect(await store.get(key)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 50 },
    )
    await store.set('kept', { n: 1 })
    database.close()
    const reopened = openSqliteDatabase(file)
    expect(await createSqlitePluginStores(reopened).forPlugin('notes').get('kept')).toEqual({ n: 1 })
    reopened.close()
  })

  test('shows no plugin what another one keeps', async () => {
    const database = openSqliteDatabase(':memory:')
    const stores = createSqlitePluginStores(database)
    await stores.forPlugin('a').set('key', 'of a')
    expect(await stores.forPlugin('b').get('key')).toBeUndefined()
    expect(await stores.forPlugin('b').delete('key')).toBe(false)
    expect(await stores.forPlugin('a').delete('key')).toBe(true)
    expect(await stores.forPlugin('a').get('key')).toBeUndefined()
    database.close()
  })

  test('forgets values after their time', async () => {
    let now = 1_000
    const database = openSqliteDatabase(':memory:')
    const stores = createSqlitePluginStores(database, () => now)
    const store = stores.forPlugin('a')
    await store.set('short', 1, { ttlSeconds: 10 })
    expect(await store.get('short')).toBe(1)
    now += 10_000
    expect(await store.get('short')).toBeUndefined()
    stores.deleteExpired()
    expect(database.prepare('SELECT count(*) AS n FROM plugin_store').get()?.n).toBe(0)
    database.close()
  })

  test('refuses what it cannot keep, and says why', async () => {
    const database = openSqliteDatabase(':memory:')
    const store = createSqlitePluginStores(database).forPlugin('a')
    const circle: Record<string, unknown> = {}
    circle.self = circle
    await expect(store.set('', 1)).rejects.toThrow(/1 to 512/)
    await expect(store.set('x'.repeat(513), 1)).rejects.toThrow(/1 to 512/)
    await expect(store.set('k', circle)).rejects.toThrow(/no JSON/)
    await expect(store.set('k', undefined)).rejects.toThrow(/use delete/)
    await expect(store.set('k', 'x'.repeat(1_048_576))).rejects.toThrow(/1 MiB/)
    await expect(store.set('k', 1, { ttlSeconds: -1 })).rejects.toMatchObject({ code: 'store-limit' })
    database.close()
  })
})

describe('opening a database', () => {
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

  test('damage inside the file is found', async () => {
    const database = openSqliteDatabase(file)
    const store = createSqlitePluginStores(database).forPlugin('a')
    for (let index = 0; index < 200; index += 1) await store.set(`key ${index}`, 'x'.repeat(500))
    database.close()
    const bytes = await readFile(file)
    bytes.fill(0x5a, 3 * 4_096, 9 * 4_096)
    await writeFile(file, bytes)
    expect(() => openSqliteDatabase(file)).toThrow(/is damaged/)
  })

  test('an older schema is backed up, then migrated', () => {
    const raw = createFirstSchema(file)
    raw.exec("INSERT INTO plugin_store VALUES ('a', 'key', '1', NULL)")
    raw.close()
    const migrated = openSqliteDatabase(file)
    expect(migrated.prepare('SELECT count(*) AS n FROM inbox').get()?.n).toBe(0)
    expect(migrated.prepare('SELECT count(*) AS n FROM plugin_store').get()?.n).toBe(1)
    migrated.close()
    const backup = new DatabaseSync(`${file}.v1.backup`)
    expect(backup.prepare('PRAGMA user_version').get()?.user_version).toBe(1)
    expect(backup.prepare('SELECT count(*) AS n FROM plugin_store').get()?.n).toBe(1)
    backup.close()
  })

  test('a migration that was cut short is done at the next start', () => {
    const raw = createFirstSchema(file)
    // what a killed step leaves behind: nothing, since it was never committed
    raw.exec('BEGIN; CREATE TABLE inbox (x INTEGER)')
    raw.close()
    const migrated = openSqliteDatabase(file)
    expect(migrated.prepare('SELECT count(*) AS n FROM outbox').get()?.n).toBe(0)
    migrated.close()
  })
})

/** The file as the first release left it. */
function createFirstSchema(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true })
  const raw = new DatabaseSync(path)
  raw.exec(`${MIGRATIONS[0]} PRAGMA user_version = 1; PRAGMA journal_mode = WAL`)
  return raw
}

test('the log beside the database stays small, so that a small disk is not filled by it', async () => {
  const database = openSqliteDatabase(file)
  const store = createSqlitePluginStores(database).forPlugin('notes')
  for (let index = 0; index < 1_000; index += 1) await store.set(`key ${index % 10}`, 'x'.repeat(4_000))
  expect((await stat(`${file}-wal`)).size).toBeLessThan(1.5 * 1_048_576)
  database.close()
})

test('a home is locked by one assistant at a time, and free again afterwards', () => {
  const lockFile = join(folder, 'data', 'assistant.lock')
  const lock = lockHome(lockFile)
  expect(() => lockHome(lockFile)).toThrow(/Another assistant runs in this home/)
  lock.release()
  lockHome(lockFile).release()
})
