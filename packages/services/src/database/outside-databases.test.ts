import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseService, OutsideDatabase } from '@pluggram/sdk'
import { createDatabaseService } from './create-database-service.ts'
import type { OutsideDatabases, OutsideSettings } from './outside-database.ts'
import { createOutsideDatabases } from './outside-databases.ts'
import { toPostgresPlaceholders } from './postgres-placeholders.ts'
import { eventually, findMariadb, findPostgres, startMariadb, startPostgres } from './test-servers.ts'
import type { TestServer } from './test-servers.ts'

const BASE = { timeoutSeconds: 1, connections: 3 }
const ROWS = [
  [1, "O'Brien", 12.5],
  [2, 'Müller 🍞', 0],
] as const

interface Stage {
  /** The URL, as the owner writes it. */
  readonly url: string
  /** A query that would take the server a minute. */
  readonly bomb: string
  /** Statements that try to write, or to end the read-only transaction. */
  readonly attacks: readonly string[]
  /** A query that returns a row of 64 MB. */
  readonly hugeRow: string
  readonly endless: string
  /** A query for a date and a timestamp. */
  readonly dates: string
  stop(): Promise<void>
}

interface Kind {
  readonly name: string
  readonly missing: string | undefined
  start(): Promise<Stage>
}

const postgres: Kind = {
  name: 'PostgreSQL',
  missing:
    findPostgres() === undefined ? 'PostgreSQL is not installed (apt-get install postgresql)' : undefined,
  async start() {
    const server: TestServer = await startPostgres(findPostgres() ?? '')
    return {
      url: `postgres://postgres:s3cret-pw@127.0.0.1:${server.port}/postgres`,
      bomb: 'SELECT count(*) FROM generate_series(1, 100000000000)',
      hugeRow: "SELECT repeat('x', 67108864) AS big",
      endless: 'SELECT * FROM generate_series(1, 100000000000)',
      dates: "SELECT DATE '1990-01-04' AS day, TIMESTAMP '1990-01-04 00:30:00' AS moment",
      attacks: [
        'DELETE FROM items',
        'WITH gone AS (DELETE FROM items RETURNING *) SELECT * FROM gone',
        'EXPLAIN ANALYZE DELETE FROM items',
        'SELECT 1; DELETE FROM items',
        'COMMIT',
        "SELECT set_config('transaction_read_only', 'off', false)",
        'SELECT * INTO stolen FROM items',
        'DO $$ BEGIN DELETE FROM items; END $$',
      ],
      stop: () => server.stop(),
    }
  },
}

const mariadb: Kind = {
  name: 'MariaDB',
  missing:
    findMariadb() === undefined ? 'MariaDB is not installed (apt-get install mariadb-server)' : undefined,
  async start() {
    const server: TestServer = await startMariadb(findMariadb() ?? '')
    return {
      url: `mysql://tester:s3cret-pw@127.0.0.1:${server.port}/shop`,
      bomb: 'SELECT SLEEP(60)',
      hugeRow: "SELECT REPEAT('x', 12000000) AS big",
      endless: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT n.i FROM n, n AS m',
      dates: "SELECT DATE '1990-01-04' AS day, TIMESTAMP '1990-01-04 00:30:00' AS moment",
      attacks: [
        'DELETE FROM items',
        'SELECT 1; DELETE FROM items',
        'COMMIT',
        'SELECT 1 /*! INTO OUTFILE "/tmp/pluggram-stolen" */',
        '/*! DELETE FROM items */',
        "SELECT name FROM items INTO OUTFILE '/tmp/pluggram-stolen'",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE items",
        'CREATE TABLE stolen AS SELECT * FROM items',
        'EXPLAIN EXTENDED DELETE FROM items; DROP TABLE items',
      ],
      stop: () => server.stop(),
    }
  },
}

const sqlite: Kind = {
  name: 'a SQLite file',
  missing: undefined,
  async start() {
    const folder = await mkdtemp(join(tmpdir(), 'pluggram-outside-'))
    new DatabaseSync(join(folder, 'shop.db')).close()
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)'
    return {
      url: `sqlite://${join(folder, 'shop.db')}`,
      bomb: `${endless} SELECT count(*) FROM n`,
      hugeRow: 'SELECT hex(zeroblob(33554432)) AS big',
      endless: `${endless} SELECT i FROM n`,
      dates: "SELECT '1990-01-04' AS day, '1990-01-04 00:30:00' AS moment",
      attacks: [
        'DELETE FROM items',
        'SELECT 1; DELETE FROM items',
        'COMMIT',
        'PRAGMA query_only = OFF',
        "ATTACH '/etc/passwd' AS x",
      ],
      stop: () => rm(folder, { recursive: true }),
    }
  },
}

describe.each([postgres, mariadb, sqlite].map((kind) => ({ ...kind, title: kind.missing ?? kind.name })))(
  '$title',
  ({ missing, start }) => {
    const isThere = missing === undefined
    let stage: Stage
    let outside: OutsideDatabases
    let service: DatabaseService
    let settings: Record<string, OutsideSettings>

    beforeAll(async () => {
      if (!isThere) return
      stage = await start()
      settings = {
        shop: { ...BASE, url: stage.url, writable: false },
        books: { ...BASE, url: stage.url, writable: true },
        typo: {
          ...BASE,
          url: stage.url.replace(/:s3cret-pw@127\.0\.0\.1:\d+/, ':s3cret-pw@127.0.0.1:1'),
          writable: false,
        },
      }
      outside = createOutsideDatabases(() => settings)
      service = createDatabaseService({
        plugin: 'asker',
        refuseOwn: () => {
          throw new Error('not asked for')
        },
        outside,
        names: ['*'],
        timeoutSeconds: 5,
      })
      const books = await service.open('books')
      await eventually(() =>
        books.query('CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR(40), price FLOAT)'),
      )
      for (const row of ROWS) {
        await books.execute('INSERT INTO items (id, name, price) VALUES (?, ?, ?)', row)
      }
      await (await open()).query('SELECT 1')
    })

    afterAll(async () => {
      await outside?.close()
      await stage?.stop()
    })

    const open = (name = 'shop'): Promise<OutsideDatabase> => service.open(name)

    // CI installs the servers, so there no test may be skipped unnoticed
    test.runIf(process.env['PLUGGRAM_GATE'] === '1')('is installed', () => {
      expect(missing).toBeUndefined()
    })

    test.runIf(isThere)('gives rows for values that are no part of the statement', async () => {
      const shop = await open()
      expect(shop.isWritable).toBe(false)
      const { rows, columns } = await shop.execute('SELECT id, name, price FROM items WHERE name = ?', [
        "O'Brien",
      ])
      expect(rows).toEqual([{ id: 1, name: "O'Brien", price: 12.5 }])
      expect(columns).toEqual(['id', 'name', 'price'])
      expect(await shop.query('SELECT name FROM items WHERE name = ?', ["' OR 1=1 --"])).toEqual([])
    })

    test.runIf(isThere)(
      'gives days and times without a zone as they stand there, whatever zone this machine has',
      async () => {
        const expected = [{ day: '1990-01-04', moment: '1990-01-04 00:30:00' }]
        expect(await (await open()).query(stage.dates)).toEqual(expected)
      },
    )

    test.runIf(isThere)('cannot be changed through a database that is not writable', async () => {
      const shop = await open()
      for (const attack of stage.attacks) {
        await expect(shop.query(attack)).rejects.toMatchObject({ code: 'database-query-failed' })
      }
      const several = shop.transaction([{ sql: 'SELECT 1' }, { sql: 'COMMIT' }, { sql: 'DELETE FROM items' }])
      await expect(several).rejects.toMatchObject({ code: 'database-query-failed' })
      const [row] = await shop.query<{ n: number }>('SELECT count(*) AS n FROM items')
      expect(Number(row?.n)).toBe(ROWS.length)
    })

    test.runIf(isThere)('ends a query that takes too long, and answers the next one', async () => {
      const shop = await open()
      const begin = performance.now()
      await expect(shop.query(stage.bomb)).rejects.toMatchObject({
        code: 'database-timeout',
        message: expect.stringContaining('Database shop took longer than 1 s'),
      })
      expect(performance.now() - begin).toBeLessThan(10_000)
      expect(await shop.query('SELECT id FROM items WHERE id = ?', [2])).toEqual([{ id: 2 }])
    })

    test.runIf(isThere)('many bombs at once leave it usable', async () => {
      const shop = await open()
      const bombs = await Promise.allSettled(Array.from({ length: 4 }, () => shop.query(stage.bomb)))
      expect(bombs.every(({ status }) => status === 'rejected')).toBe(true)
      expect(await shop.query('SELECT id FROM items WHERE id = ?', [1])).toEqual([{ id: 1 }])
    })

    test.runIf(isThere)('gives no more than the limits allow, and does not read the rest', async () => {
      const shop = await open()
      await expect(shop.query(stage.hugeRow)).rejects.toMatchObject({ code: 'database-limit' })
      const few = await shop.execute('SELECT id FROM items ORDER BY id', [], { maxRows: 1 })
      expect(few).toMatchObject({ rows: [{ id: 1 }], isCut: true })
      const before = process.memoryUsage().rss
      await expect(shop.query(stage.endless)).rejects.toMatchObject({
        code: expect.stringMatching(/^database-(?:limit|timeout)$/),
      })
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1_048_576)
      expect(await shop.query('SELECT id FROM items WHERE id = ?', [1])).toEqual([{ id: 1 }])
    })

    test.runIf(isThere)('a writable one changes in transactions that hold whole or not at all', async () => {
      const books = await open('books')
      const failing = books.transaction([
        { sql: 'INSERT INTO items (id, name) VALUES (?, ?)', params: [7, 'new'] },
        { sql: 'INSERT INTO items (id, name) VALUES (?, ?)', params: [1, 'taken'] },
      ])
      await expect(failing).rejects.toMatchObject({ code: 'database-query-failed' })
      expect(await books.query('SELECT id FROM items WHERE id = 7')).toEqual([])
      await expect(books.query('COMMIT')).rejects.toMatchObject({ code: 'database-query-failed' })
    })

    test.runIf(isThere)('the query builder speaks its dialect', async () => {
      const db = await (await open()).kysely<{ items: { id: number; name: string } }>()
      const found = await db.selectFrom('items').select('name').where('id', '=', 2).executeTakeFirst()
      expect(found).toEqual({ name: 'Müller 🍞' })
    })

    test.runIf(isThere)('errors name the database and hold nothing of its address', async () => {
      const wrong = (await open()).query('SELECT nothing FROM nowhere')
      await expect(wrong).rejects.toMatchObject({ message: expect.stringMatching(/^Database shop: /) })
      if (!stage.url.includes('@')) return
      const error: unknown = await (await open('typo')).query('SELECT 1').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'database-unavailable' })
      expect(String((error as Error).stack)).not.toMatch(/s3cret-pw|127\.0\.0\.1/)
    })
  },
)

test.each([
  ['SELECT ? + ?', 'SELECT $1 + $2'],
  ["SELECT '?' || ?", "SELECT '?' || $1"],
  ["SELECT 'it''s ?', \"a?\", ?", "SELECT 'it''s ?', \"a?\", $1"],
  ["SELECT E'\\'?' || ?", "SELECT E'\\'?' || $1"],
  ['SELECT $tag$?$tag$, ? -- ?\n, ? /* ? */', 'SELECT $tag$?$tag$, $1 -- ?\n, $2 /* ? */'],
  ["SELECT data ?? 'key' FROM t WHERE id = ?", "SELECT data ? 'key' FROM t WHERE id = $1"],
  ['SELECT $1', 'SELECT $1'],
])('placeholders of %s', (sql, expected) => {
  expect(toPostgresPlaceholders(sql)).toBe(expected)
})

test('an entry that changes gets a new connection, one that goes is no longer there', async () => {
  const settings: Record<string, OutsideSettings> = {
    a: { ...BASE, url: 'sqlite:///tmp/none.db', writable: false },
  }
  const outside = createOutsideDatabases(() => settings)
  const first = outside.find('a')
  expect(outside.find('a')).toBe(first)
  settings['a'] = { ...BASE, url: 'sqlite:///tmp/other.db', writable: false }
  expect(outside.find('a')).not.toBe(first)
  delete settings['a']
  expect(outside.find('a')).toBeUndefined()
  expect(outside.find('constructor')).toBeUndefined()
  await outside.close()
})
