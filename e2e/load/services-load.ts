/**
 * 500 clients at once on http, cache and store, each for some seconds. Measures the throughput and
 * the memory used. Run with `npm run test:load`.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuardedHttp, createResilientHttp } from '@pluggram/host'
import type { HttpService } from '@pluggram/sdk'
import { createCaches, createStore } from '@pluggram/services'
import { createSqlitePluginStores, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CLIENTS = 500
const SECONDS = 4

interface Outcome {
  readonly done: number
  readonly refused: Readonly<Record<string, number>>
  readonly megabytes: number
}

/**
 * Lets every client run one request after another. Returns how many succeeded and were refused, and
 * the peak memory above the start.
 */
async function load(work: (one: number, turn: number) => Promise<unknown>): Promise<Outcome> {
  const before = process.memoryUsage.rss()
  const end = performance.now() + SECONDS * 1_000
  const refused: Record<string, number> = {}
  let done = 0
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50)
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, one) => {
      for (let turn = 0; performance.now() < end; turn += 1) {
        try {
          await work(one, turn)
          done += 1
        } catch (error) {
          const code = String(Reflect.get(Object(error), 'code'))
          refused[code] = (refused[code] ?? 0) + 1
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
    }),
  )
  clearInterval(watch)
  return { done, refused, megabytes: Math.round((most - before) / 1_048_576) }
}

function tell(title: string, { done, refused, megabytes }: Outcome, more = ''): void {
  console.log(
    `${title}: ${Math.round(done / SECONDS)}/s, refused ${JSON.stringify(refused)}, ${megabytes} MB more${more}`,
  )
}

let asked = 0
let isDown = false
const server = createServer((request, response) => {
  asked += 1
  if (isDown) response.statusCode = 500
  else if (request.url?.startsWith('/kept')) response.setHeader('cache-control', 'max-age=60')
  response.end('x'.repeat(2_000))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const closing: (() => Promise<void>)[] = []

function client(): HttpService {
  return createResilientHttp({
    client: createGuardedHttp({
      plugin: 'load',
      permissions: { network: ['127.0.0.1'] },
      onRefused: () => {},
      onOpen: (close) => closing.push(close),
    }),
    onOutcome: () => {},
  })
}

async function hits(title: string, work: Parameters<typeof load>[0]): Promise<void> {
  asked = 0
  const outcome = await load(work)
  tell(title, outcome, `, the server was asked ${asked} times`)
}

const kept = client()
await hits('http, answers that may be kept', (one) => kept.fetch(`${root}/kept/${one % 50}`))
const fresh = client()
await hits('http, answers that may not', () => fresh.fetch(`${root}/fresh`))
isDown = true
const broken = client()
await hits('http, a host that fails', () =>
  broken.fetch(`${root}/broken`).then((answer) => void answer.status),
)
server.closeAllConnections()
server.close()
for (const close of closing) await close()

const cache = createCaches().forPlugin('load')
let made = 0
tell(
  'cache.wrap, 20,000 keys of 2 kB',
  await load((one, turn) =>
    cache.wrap(`k${(one * 41 + turn) % 20_000}`, { ttlSeconds: 60 }, () => {
      made += 1
      return 'x'.repeat(2_000)
    }),
  ),
  `, ${made} values were made`,
)

const folder = mkdtempSync(join(tmpdir(), 'pluggram-load-'))
const database = openSqliteDatabase(join(folder, 'load.db'))
const log = new WriteLog(database)
const stores = createSqlitePluginStores(log, { limit: { keys: 100_000, bytes: 8 * 1_048_576 } })
const store = createStore(stores.forPlugin('load'))
tell(
  'store.update, a key each',
  await load((one) => store.forChat(one).update<number>('n', (n = 0) => n + 1)),
)
tell(
  'store.set, ever new keys, until it is full',
  await load((one, turn) => store.set(`k${one}:${turn}`, 'x'.repeat(2_000))),
)
await stores.close()
await log.close()
database.close()
rmSync(folder, { recursive: true })
