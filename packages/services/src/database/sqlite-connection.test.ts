import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DatabaseService } from '@pluggram/sdk'
import { createDatabaseService } from './create-database-service.ts'
import { openOwnDatabase } from './own-database-file.ts'
import { SqliteConnection } from './sqlite-connection.ts'

const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)'

let folder: string
let own: SqliteConnection
let database: DatabaseService

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-database-'))
  own = openOwnDatabase(folder, 'notes')
  database = serviceOver(own)
})

afterEach(async () => {
  await own.close()
  await rm(folder, { recursive: true })
})

function serviceOver(connection: SqliteConnection, timeoutSeconds = 5): DatabaseService {
  return createDatabaseService({
    plugin: 'notes',
    own: connection,
    refuseOwn: () => {
      throw new Error('not asked for')
    },
    outside: { find: () => undefined, close: async () => {} },
    names: ['shop'],
    timeoutSeconds,
  })
}

test('values go in as parameters and come out as they were', async () => {
  await database.query('CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, size INTEGER, data BLOB)')
  const inserted = await database.execute('INSERT INTO notes (title, size, data) VALUES (?, ?, ?)', [
    "'); DROP TABLE notes; --",
    2n ** 60n,
    new Uint8Array([1, 2]),
  ])
  expect(inserted).toMatchObject({ changes: 1, lastInsertId: 1, rows: [], isCut: false })
  const [note] = await database.query('SELECT title, size, data FROM notes WHERE id = ?', [1])
  expect(note).toEqual({ title: "'); DROP TABLE notes; --", size: 2n ** 60n, data: new Uint8Array([1, 2]) })
  expect(
    await database.query('SELECT ? AS truth, ? AS none, ? AS moment', [true, undefined, new Date(0)]),
  ).toEqual([{ truth: 1, none: null, moment: '1970-01-01T00:00:00.000Z' }])
})

test('what was written outlives the process that wrote it', async () => {
  await database.migrate(['CREATE TABLE notes (title TEXT)'])
  await database.query('INSERT INTO notes VALUES (?)', ['kept'])
  await own.close()
  own = openOwnDatabase(folder, 'notes')
  expect(await serviceOver(own).query('SELECT title FROM notes')).toEqual([{ title: 'kept' }])
})

test('a query without end is ended, and the next one is answered', async () => {
  const impatient = serviceOver(own, 0.4)
  await impatient.query('SELECT 1')
  await expect(impatient.query(`${ENDLESS} SELECT count(*) FROM n`)).rejects.toMatchObject({
    code: 'database-timeout',
    message: expect.stringContaining('The tables of plugin notes took longer than 0.4 s'),
  })
  expect(await impatient.query('SELECT 2 AS two')).toEqual([{ two: 2 }])
})

test('the event loop goes on while a query runs', async () => {
  const impatient = serviceOver(own, 1)
  await impatient.query('SELECT 1')
  let turns = 0
  const turning = setInterval(() => (turns += 1), 10)
  const bomb = impatient.query(`${ENDLESS} SELECT count(*) FROM n`)
  await expect(bomb).rejects.toMatchObject({ code: 'database-timeout' })
  clearInterval(turning)
  expect(turns).toBeGreaterThan(10)
})

describe('limits', () => {
  test('too many rows are an error, or are left out when that was asked for', async () => {
    await expect(database.query(`${ENDLESS} SELECT i FROM n`)).rejects.toMatchObject({
      code: 'database-limit',
    })
    const few = await database.execute(`${ENDLESS} SELECT i FROM n`, [], { maxRows: 2 })
    expect(few).toMatchObject({ rows: [{ i: 1 }, { i: 2 }], isCut: true })
  })

  test.each([
    ['a huge value', 'SELECT hex(zeroblob(1000000000))'],
    ['many large rows', `${ENDLESS} SELECT hex(zeroblob(500000)) FROM n`],
  ])('%s is refused', async (_, sql) => {
    await expect(database.query(sql)).rejects.toMatchObject({ code: 'database-limit' })
  })

  test('the file does not grow beyond its size', async () => {
    const small = new SqliteConnection({
      file: join(folder, 'small.db'),
      label: 'Small',
      isReadOnly: false,
      maxBytes: 1_048_576,
    })
    const service = serviceOver(small)
    await service.query('CREATE TABLE t (a)')
    const fill = service.query(`${ENDLESS} INSERT INTO t SELECT zeroblob(10000) FROM n`)
    await expect(fill).rejects.toMatchObject({
      code: 'database-limit',
      message: 'Small: the database is full: it has reached its largest size.',
    })
    expect(await service.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 0 }])
    await small.close()
  })
})

describe('SQL may not', () => {
  test.each([
    ['attach another file', "ATTACH '/etc/passwd' AS other"],
    ['copy itself elsewhere', "VACUUM INTO '/tmp/copy.db'"],
    ['change settings', 'PRAGMA journal_mode = DELETE'],
    ['write the schema', 'PRAGMA writable_schema = ON'],
    ['begin a transaction', 'BEGIN'],
    ['load code', "SELECT load_extension('/tmp/x.so')"],
    ['hide a second statement', 'SELECT 1; DROP TABLE t'],
  ])('%s', async (_, sql) => {
    await expect(database.query(sql)).rejects.toMatchObject({ code: 'database-query-failed' })
  })
})

test('full-text search is at hand', async () => {
  await database.query('CREATE VIRTUAL TABLE pages USING fts5(body)')
  await database.query('INSERT INTO pages VALUES (?)', ['the quick brown fox'])
  expect(await database.query("SELECT body FROM pages WHERE pages MATCH 'quick'")).toHaveLength(1)
})

test('a transaction holds whole or not at all, and names the statement that failed', async () => {
  await database.query('CREATE TABLE t (a INTEGER UNIQUE)')
  const failing = database.transaction([
    { sql: 'INSERT INTO t VALUES (?)', params: [1] },
    { sql: 'INSERT INTO t VALUES (?)', params: [1] },
  ])
  await expect(failing).rejects.toThrow('statement 2: UNIQUE constraint failed: t.a')
  expect(await database.query('SELECT * FROM t')).toEqual([])
  const results = await database.transaction([
    { sql: 'INSERT INTO t VALUES (1)' },
    { sql: 'SELECT a FROM t' },
  ])
  expect(results.map(({ rows }) => rows)).toEqual([[], [{ a: 1 }]])
})

test('each step of migrate runs once; a failed one leaves nothing, a changed one is refused', async () => {
  await database.migrate(['CREATE TABLE a (x)'])
  await expect(
    database.migrate(['CREATE TABLE a (x)', 'CREATE TABLE b (y); CREATE TABLE a (x)']),
  ).rejects.toThrow('statement 2: table a already exists')
  await expect(database.query('SELECT * FROM b')).rejects.toThrow('no such table: b')
  await database.migrate(['CREATE TABLE a (x)', 'CREATE TABLE b (y)'])
  await expect(database.migrate(['CREATE TABLE a (z)'])).rejects.toThrow('step 1 of migrate was changed')
})

test('the query builder types and runs queries', async () => {
  await database.migrate(['CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL)'])
  const db = await database.kysely<{ notes: { id: number; title: string } }>()
  const inserted = await db.insertInto('notes').values({ id: 4, title: 'milk' }).executeTakeFirst()
  expect(inserted.insertId).toBe(4n)
  expect(await db.selectFrom('notes').select('title').where('id', '=', 4).executeTakeFirst()).toEqual({
    title: 'milk',
  })
  const changed = await db.updateTable('notes').set({ title: 'tea' }).where('id', '=', 4).executeTakeFirst()
  expect(changed.numUpdatedRows).toBe(1n)
  await expect(db.transaction().execute(async () => {})).rejects.toThrow('transaction([{ sql, params }])')
})

test('an outside database is only for those who ask for it, and must be configured', async () => {
  await expect(database.open('payroll')).rejects.toMatchObject({ code: 'permission-missing' })
  await expect(database.open('shop')).rejects.toMatchObject({
    code: 'database-unavailable',
    message: expect.stringContaining('There is no database called shop'),
  })
})

test('a request of another shape is refused before it reaches the database', async () => {
  await expect(database.query('SELECT ?', [{ a: 1 } as never])).rejects.toThrow('services.database: params.0')
  await expect(database.query('')).rejects.toThrow('services.database: sql is empty')
})
