import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseError } from '@pluggram/sdk'
import type { CacheService } from '@pluggram/sdk'
import type { OutsideConnection } from '../database/outside-database.ts'
import { createPostgresConnection } from '../database/postgres-connection.ts'
import { eventually, findPostgres, startPostgres } from '../database/test-servers.ts'
import type { TestServer } from '../database/test-servers.ts'
import { createServerCaches } from './server-caches.ts'
import type { ServerCachesOptions } from './server-caches.ts'

const programs = findPostgres()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Instance {
  readonly cache: CacheService
  readonly connection: OutsideConnection
  /** The reported states of the server: an error's code, or `back`. */
  readonly told: string[]
}

/** One assistant with its own connection pool. */
function start(url: string, options: Partial<ServerCachesOptions> = {}): Instance {
  const settings = { url, writable: true, timeoutSeconds: 1, connections: 3 }
  const connection = options.connection ?? createPostgresConnection('cache', settings)
  const told: string[] = []
  const caches = createServerCaches({
    connection,
    onState: (error) => told.push(error?.code ?? 'back'),
    ...options,
  })
  closing.push(
    () => connection.close(),
    () => caches.close(),
  )
  return { cache: caches.forPlugin('weather'), connection, told }
}

describe.runIf(programs)('assistants that share a PostgreSQL server', () => {
  let server: TestServer
  let url: string

  beforeAll(async () => {
    server = await startPostgres(programs ?? '')
    url = `postgres://postgres:s3cret-pw@127.0.0.1:${server.port}/postgres`
    const connection = createPostgresConnection('cache', {
      url,
      writable: true,
      timeoutSeconds: 1,
      connections: 1,
    })
    await eventually(() =>
      connection.run([{ sql: 'SELECT 1' }], { maxRows: 1, maxBytes: 100, mayCut: true }, 1_000),
    )
    await connection.close()
  })

  afterAll(() => server.stop())

  async function count(instance: Instance): Promise<unknown> {
    const [result] = await instance.connection.run(
      [{ sql: 'SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM pluggram_cache' }],
      { maxRows: 1, maxBytes: 1_000, mayCut: true },
      1_000,
    )
    return result?.rows[0]
  }

  test('see what the other keeps, make it once each, and delete it for both', async () => {
    const [one, two] = [start(url), start(url)]
    // both create the table
    await Promise.all([
      one.cache.set('a', { at: new Date(0), map: new Map([[1, 'x']]) }),
      two.cache.set('b', 'é🍞'),
    ])
    expect(await two.cache.get('a')).toEqual({ at: new Date(0), map: new Map([[1, 'x']]) })
    expect(await one.cache.get('b')).toBe('é🍞')
    let made = 0
    const make = (): string => `value ${(made += 1)}`
    const both = await Promise.all([1, 2, 3].map(() => one.cache.wrap('c', {}, make)))
    expect([both, await two.cache.wrap('c', {}, make)]).toEqual([Array(3).fill('value 1'), 'value 1'])
    expect([await two.cache.delete('c'), await one.cache.get('c'), await one.cache.delete('c')]).toEqual([
      true,
      undefined,
      false,
    ])
    expect([one.told, two.told]).toEqual([[], []])
  })

  test('forget in time, by the server’s clock, and sweep', async () => {
    const { cache, told } = start(url)
    await cache.set('short', 1, { ttlSeconds: 1.5 })
    expect(await cache.get('short')).toBe(1)
    await eventually(async () => expect(await cache.get('short')).toBeUndefined())
    expect(told).toEqual([])
  })

  test('keep plugins apart, and take keys and values of every kind', async () => {
    const { cache, connection } = start(url)
    const caches = createServerCaches({ connection, onState: () => {} })
    closing.push(() => caches.close())
    for (const key of ["x'; DROP TABLE pluggram_cache; --", 'nul\0', 'half \ud83d', '\\u0000', '"quoted"']) {
      await cache.set(key, key)
      expect(await cache.get(key)).toBe(key)
      expect(await caches.forPlugin('other').get(key)).toBeUndefined()
    }
    await expect(cache.set('', 1)).rejects.toMatchObject({ code: 'cache-limit' })
    await expect(cache.set('k', 'x'.repeat(2_000_000))).rejects.toMatchObject({ code: 'cache-limit' })
    await expect(cache.set('k', 1, { ttlSeconds: -1 })).rejects.toMatchObject({ code: 'cache-limit' })
  })

  test('stay within the bounds together; the newest entries remain', async () => {
    const bounds = { maxEntries: 50, maxBytes: 400_000 }
    const [one, two] = [start(url, bounds), start(url, bounds)]
    for (let index = 0; index < 300; index += 1) {
      await (index % 2 === 0 ? one : two).cache.set(`k${index}`, index)
    }
    // each instance trims after a hundred entries
    expect(Number(Reflect.get(Object(await count(one)), 'entries'))).toBeLessThanOrEqual(50 + 200)
    for (let index = 0; index < 12; index += 1) await one.cache.set(`big${index}`, 'x'.repeat(100_000))
    expect(Number(Reflect.get(Object(await count(one)), 'bytes'))).toBeLessThanOrEqual(
      400_000 + 2 * 1_048_576,
    )
    expect(await two.cache.get('k0')).toBeUndefined()
    expect(await two.cache.get('big11')).toHaveLength(100_000)
  })

  test('go on in their own memory while the server is away, and share again when it is back', async () => {
    let time = 0
    const settings = { url, writable: true, timeoutSeconds: 1, connections: 2 }
    const real = createPostgresConnection('cache', settings)
    let isAway = false
    const connection: OutsideConnection = {
      ...real,
      async run(...work) {
        if (isAway) throw new DatabaseError('database-unavailable', 'It is away.')
        return real.run(...work)
      },
      close: () => real.close(),
    }
    const one = start(url, { connection, now: () => time })
    const two = start(url)
    await one.cache.set('x', 'shared')
    isAway = true
    expect(await one.cache.get('x')).toBeUndefined()
    await one.cache.set('x', 'own')
    expect([await one.cache.get('x'), await two.cache.get('x'), one.told]).toEqual([
      'own',
      'shared',
      ['database-unavailable'],
    ])
    isAway = false
    expect(await one.cache.get('x')).toBe('own')
    time += 6_000
    expect([await one.cache.get('x'), one.told]).toEqual(['shared', ['database-unavailable', 'back']])
  })
})

test('a server that is not there costs nobody more than a moment, and nothing fails', async () => {
  const { cache, told } = start('postgres://nobody:secret-pw@127.0.0.1:1/none')
  expect(await cache.wrap('k', {}, () => 7)).toBe(7)
  expect(await cache.get('k')).toBe(7)
  expect(told).toEqual(['database-unavailable'])
})
