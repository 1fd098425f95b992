import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AiError, DatabaseError } from '@pluggram/sdk'
import type { AiService, DatabaseService, ObjectRequest } from '@pluggram/sdk'
import {
  collectText,
  createScriptedAi,
  createTestServices,
  openTestDatabase,
  runPlugin,
} from '@pluggram/testing'
import example from '../config.example.json' with { type: 'json' }
import { buildLookup } from './build-lookup.ts'
import type { Lookup } from './configuration.ts'
import database from './index.ts'

let folder: string
let outside: ReturnType<typeof openTestDatabase>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pluggram-plugin-database-'))
  const file = join(folder, 'shop.db')
  const shop = new DatabaseSync(file)
  shop.exec(`CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, total REAL);
    INSERT INTO customers VALUES (1, 'Ada Lovelace', 'London'), (2, 'Adam 100%', 'Kiel'), (3, 'Bob_x', 'Rome');
    INSERT INTO orders VALUES (10, 1, 12.5), (11, 1, 3)`)
  shop.close()
  outside = openTestDatabase({
    shop: { url: `sqlite://${file}` },
    books: { url: `sqlite://${file}`, writable: true },
  })
  await (await outside.service.open('shop')).query('SELECT 1')
})

afterAll(async () => {
  await outside.close()
  rmSync(folder, { recursive: true })
})

/** A model that answers with this query. */
function modelThatWrites(sql: string, isDemo = false): AiService {
  return {
    ...createScriptedAi([]),
    model: async () => ({ id: 'test:model', isDemo }),
    generateObject: async () => ({ object: { sql } }) as never,
  }
}

async function run({
  config = example.plugins.database,
  ai,
}: { config?: object; ai?: AiService } = {}): Promise<
  Awaited<ReturnType<typeof runPlugin>> & { exceptions: readonly unknown[] }
> {
  const service: DatabaseService = outside.service
  const services = createTestServices({ database: service, ...(ai && { ai }) })
  const plugin = await runPlugin(database, { config: config as never, services })
  return Object.assign(plugin, { exceptions: services.exceptions })
}

test('a command looks records up by what is written, one as lines and several as a table', async () => {
  await using plugin = await run()
  expect(await collectText(await plugin.send('/customer Ada L'))).toBe(
    'id: 1\nname: Ada Lovelace\ncity: London',
  )
  expect(await collectText(await plugin.send('/customer Ada'))).toBe(
    [
      'id  name          city',
      '──  ────────────  ──────',
      '1   Ada Lovelace  London',
      '2   Adam 100%     Kiel',
    ].join('\n'),
  )
  expect(await collectText(await plugin.send('/customer Zoe'))).toBe('Nothing found for “Zoe”.')
})

test.each(["' OR '1'='1", '%', '_', "x'; DROP TABLE customers; --", 'A\\'])(
  '“%s” is a value like any other',
  async (text) => {
    await using plugin = await run()
    expect(await collectText(await plugin.send(`/customer ${text}`))).toBe(`Nothing found for “${text}”.`)
    expect(await collectText(await plugin.send('/customer Bob_'))).toContain('Bob_x')
  },
)

test('a query of the owner’s takes its values from the message, and its role is kept', async () => {
  await using plugin = await run()
  expect(await plugin.send('/orders 1')).toEqual({
    success: false,
    error: 'Only the owner and trusted people can do that.',
  })
  const found = await plugin.send('/orders 1', { role: 'trusted' })
  expect(await collectText(found)).toContain('11  3\n10  12.5')
  expect(await plugin.send('/orders', { role: 'trusted' })).toMatchObject({ success: false })
})

describe('a question in plain words', () => {
  test('is answered with the rows and the query', async () => {
    await using plugin = await run({ ai: modelThatWrites('SELECT count(*) AS customers FROM customers;') })
    const result = await plugin.send('/query how many customers are there?', { role: 'owner' })
    expect(result).toMatchObject({
      response: [{ text: 'customers: 3' }, { text: 'SELECT count(*) AS customers FROM customers' }],
    })
  })

  test.each([
    ['DELETE FROM customers', 'The database could not answer that. Try rephrasing it.'],
    ['SELECT 1; DELETE FROM customers', 'The database could not answer that. Try rephrasing it.'],
    ["ATTACH '/etc/passwd' AS x", 'The database could not answer that. Try rephrasing it.'],
    [
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
      'The database took too long. The query was stopped.',
    ],
    ['', 'The tables do not contain that.'],
  ])('for which the model writes “%s” changes nothing', async (sql, error) => {
    await using plugin = await run({ ai: modelThatWrites(sql) })
    expect(await plugin.send('/query anything', { role: 'owner' })).toEqual({ success: false, error })
    expect(await collectText(await plugin.send('/customer Bob_x'))).toContain('Rome')
  })

  test('is on the budget of whoever asks, and tells when that is used up', async () => {
    const requests: ObjectRequest[] = []
    const ai: AiService = {
      ...modelThatWrites('SELECT 1'),
      async generateObject(request) {
        requests.push(request as never)
        throw new AiError('ai-limit', 'The budget of this user is used up.')
      },
    }
    await using plugin = await run({ ai })
    expect(await plugin.send('/query anything', { role: 'owner', chat: { id: 55 } })).toEqual({
      success: false,
      error: 'The budget of this user is used up.',
    })
    expect(requests).toMatchObject([{ for: { chat: { id: 55 }, user: { id: expect.any(Number) } } }])
    expect(plugin.exceptions).toEqual([])
  })

  test('needs a model, and a database that cannot be written to', async () => {
    await using demo = await run({ ai: modelThatWrites('SELECT 1', true) })
    expect(await demo.send('/query anything', { role: 'owner' })).toMatchObject({
      error: expect.stringContaining('need an AI model'),
    })
    const config = { questions: { database: 'books' } }
    await using writable = await run({ config, ai: modelThatWrites('SELECT 1') })
    expect(await writable.send('/query anything', { role: 'owner' })).toMatchObject({
      error: expect.stringContaining('books is writable'),
    })
  })
})

test('what a database says of its tables goes to the log, not to the chat', async () => {
  const lookups = { broken: { database: 'shop', description: 'x', table: 'nowhere', column: 'id' } }
  await using plugin = await run({ config: { lookups } })
  expect(await plugin.send('/broken 1')).toEqual({
    success: false,
    error: 'The database could not answer that. Try rephrasing it.',
  })
  expect(plugin.exceptions).toMatchObject([
    { error: { message: expect.stringContaining('no such table: nowhere') } },
  ])
})

test.each([
  [
    { lookups: { x: { database: 'shop', description: 'x', table: 'a; DROP TABLE b', column: 'id' } } },
    'lookups.x',
  ],
  [{ lookups: { 'a b': { database: 'shop', description: 'x', table: 'a', column: 'id' } } }, 'lookups'],
  [{ max_rows: 0 }, 'max_rows'],
])('the configuration %j is refused', async (config, place) => {
  await expect(run({ config })).rejects.toThrow(`plugins.database.${place}`)
})

test('names are quoted as the dialect wants it', () => {
  const lookup = {
    database: 'shop',
    description: 'x',
    role: 'everyone',
    table: 'public.items',
    column: 'name',
    match: 'contains',
  } as const satisfies Lookup
  const build = (dialect: 'mysql' | 'postgresql'): unknown => buildLookup(lookup, '50%', dialect)
  expect(build('mysql')).toEqual({
    sql: "SELECT * FROM `public`.`items` WHERE `name` LIKE ? ESCAPE '!' LIMIT 1001",
    params: ['%50!%%'],
  })
  expect(build('postgresql')).toMatchObject({ sql: expect.stringContaining('"public"."items" WHERE "name"') })
})

test.each([
  ['invalid input syntax for type integer: "abc"', 'That value has the wrong type or is too large.', 0],
  [
    'value "99999999999" is out of range for type integer',
    'That value has the wrong type or is too large.',
    0,
  ],
  ['relation "customers" does not exist', 'The database could not answer that. Try rephrasing it.', 1],
])('where PostgreSQL says %s, the user reads “%s”', async (words, error, reported) => {
  const services = createTestServices({
    database: {
      ...outside.service,
      async open(name) {
        const fail = async (): Promise<never> => {
          throw new DatabaseError('database-query-failed', `Database shop: ${words}.`)
        }
        return { ...(await outside.service.open(name)), dialect: 'postgresql', execute: fail, query: fail }
      },
    },
  })
  await using plugin = await runPlugin(database, { config: example.plugins.database as never, services })
  expect(await plugin.send('/customer abc')).toEqual({ success: false, error })
  expect(services.exceptions).toHaveLength(reported)
})
