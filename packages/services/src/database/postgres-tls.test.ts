import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgresConnection } from './postgres-connection.ts'
import { eventually, findPostgres, startPostgres } from './test-servers.ts'

const programs = findPostgres()

describe.skipIf(programs === undefined)('a PostgreSQL server with a certificate of its provider', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  let folder: string
  let ca: string

  beforeAll(async () => {
    server = await startPostgres(programs ?? '', true)
    // the server's folder is only its account's
    folder = await mkdtemp(join(tmpdir(), 'pluggram-ca-'))
    ca = join(folder, 'ca.pem')
    await copyFile(join(server.folder, 'ca.pem'), ca)
    await eventually(() => query('localhost', 'sslmode=no-verify'))
  })
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function query(host: string, parameters: string): Promise<unknown> {
    const url = `postgres://postgres:s3cret-pw@${host}:${server.port}/postgres?${parameters}`
    const connection = createPostgresConnection('shop', {
      url,
      writable: false,
      timeoutSeconds: 5,
      connections: 1,
    })
    try {
      const limits = { maxRows: 10, maxBytes: 10_000, mayCut: false }
      const [result] = await connection.run([{ sql: 'SELECT 1 AS one', params: [] }], limits, 5_000)
      return result?.rows
    } finally {
      await connection.close()
    }
  }

  test.each([
    [
      'localhost',
      'sslmode=require',
      /nobody that this machine trusts has signed its certificate \(\w+\)\. Add/,
    ],
    ['127.0.0.1', 'sslmode=verify-full&sslrootcert=CA', /for another name than the one in its url/],
    ['localhost', 'sslmode=disable', /takes no connection without encryption\. Add \?sslmode=require/],
    [
      'localhost',
      'sslmode=verify-full&sslrootcert=/nowhere.pem',
      /certificate's file .* cannot be read \(ENOENT\)/,
    ],
  ])('%s with %s fails, with the ways out', async (host, parameters, words) => {
    await expect(query(host, parameters.replace('CA', ca))).rejects.toThrow(words)
  })

  test.each([
    ['localhost', 'sslmode=verify-full&sslrootcert=CA'],
    ['localhost', 'sslmode=no-verify'],
    ['127.0.0.1', 'uselibpqcompat=true&sslmode=verify-ca&sslrootcert=CA'],
    ['127.0.0.1', 'sslmode=no-verify'],
  ])('the way out works: %s with %s', async (host, parameters) => {
    expect(await query(host, parameters.replace('CA', ca))).toEqual([{ one: 1 }])
  })
})
