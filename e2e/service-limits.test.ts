import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { stopAllPrograms } from './support/program.ts'

/** A plugin that exceeds every limit. Each answer is what it got, or the code of the error. */
const GREEDY = `
import { definePlugin } from '@pluggram/sdk'

const code = (error) => error.code ?? String(error)
const tally = (outcomes) => Object.fromEntries(
  Object.entries(Object.groupBy(outcomes, (outcome) => outcome)).map(([name, all]) => [name, all.length]),
)
const MB = 1_048_576

export default definePlugin({
  permissions: { database: true, schedule: true, network: ['127.0.0.1'] },
  timeouts: { callSeconds: 60 },
  setup({ services }) {
    const { cache, database, http, logger, metrics, queue, rateLimit, scheduler, store } = services
    const tried = (work) => Promise.resolve().then(work).then(() => 'ok', code)
    const many = async (count, work) => tally(await Promise.all(Array.from({ length: count }, (_, index) => tried(() => work(index)))))
    const jobs = {
      logger: () => { for (let index = 0; index < 5_000; index += 1) logger.info('greedy line ' + index) },
      metrics: () => many(60, (index) => metrics.counter('m' + index + '_total', { help: 'x' }).inc()),
      labels: () => tried(() => metrics.counter('nine_total', { help: 'x', labels: [...'abcdefghi'] })),
      series: () => { const all = metrics.gauge('series', { help: 'x', labels: ['n'] }); for (let n = 0; n < 2_000; n += 1) all.set({ n: String(n) }, n) },
      storeValue: () => tried(() => store.set('large', 'x'.repeat(MB + 1))),
      storeBytes: async () => {
        const outcomes = []
        for (let index = 0; index < 70; index += 1) outcomes.push(await tried(() => store.set('big' + index, 'x'.repeat(MB - 10))))
        for (let index = 0; index < 70; index += 1) await store.delete('big' + index)
        return tally(outcomes)
      },
      storeKey: () => many(2, (index) => store.set(index === 0 ? '' : 'x'.repeat(5_000), 1)),
      cacheValue: () => tried(() => cache.set('large', 'x'.repeat(MB + 1))),
      cacheEntries: async () => {
        for (let index = 0; index < 11_000; index += 1) await cache.set('k' + index, index)
        let kept = 0
        for (let index = 0; index < 11_000; index += 1) if ((await cache.get('k' + index)) !== undefined) kept += 1
        return { kept, isNewestThere: (await cache.get('k10999')) === 10_999 }
      },
      cacheBytes: async () => {
        for (let index = 0; index < 20; index += 1) await cache.set('b' + index, 'x'.repeat(MB / 2))
        let kept = 0
        for (let index = 0; index < 20; index += 1) if ((await cache.get('b' + index)) !== undefined) kept += 1
        return { kept }
      },
      limit: async () => {
        const states = []
        for (let index = 0; index < 10_100; index += 1) states.push(await rateLimit.take('user' + index, { points: 1, seconds: 600 }))
        return tally(states.map(({ isAllowed }) => isAllowed))
      },
      queues: () => many(21, (index) => queue.create('queue' + index)),
      queueOptions: () => many(3, (index) => queue.create('other', [{ concurrency: 101 }, { maxWaiting: 10_001 }, { timeoutSeconds: 3_601 }][index])),
      http: (url) => many(300, () => http.fetch(url + '/wait', { method: 'POST' })),
      httpRate: (url) => many(1_500, () => http.fetch(url + '/quick')),
      httpBytes: (url) => tried(async () => (await http.fetch(url + '/huge')).arrayBuffer()),
      rows: () => tried(() => database.query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) SELECT i FROM n')),
      bytes: () => tried(() => database.query("SELECT hex(zeroblob(5000000)) AS big")),
      value: () => tried(() => database.query('SELECT zeroblob(17000000) AS big')),
      time: () => tried(() => database.query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n')),
      waiting: async () => {
        // whatever comes in these two seconds waits
        const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
        const first = tried(() => database.execute(endless, [], { timeoutSeconds: 2 }))
        return { ...(await many(1_200, () => database.query('SELECT 1'))), first: await first }
      },
      file: async () => {
        await database.migrate(['CREATE TABLE big (value BLOB)'])
        const outcomes = []
        for (let index = 0; index < 20; index += 1) outcomes.push(await tried(() => database.execute('INSERT INTO big VALUES (zeroblob(15000000))')))
        return tally(outcomes)
      },
      schedules: () => many(2, (index) => index === 0 ? scheduler.every({ seconds: 0.5 }, () => {}) : scheduler.every({ seconds: 5, data: 'x'.repeat(20_000) }, () => {})),
    }
    return {
      async processMessage(message) {
        const [job, argument] = message.split(' ')
        if (!Object.hasOwn(jobs, job)) return undefined
        return { success: true, response: JSON.stringify((await jobs[job](argument)) ?? 'done') }
      },
    }
  },
})`

let site: Server
let url: string
/** Requests to /wait in progress, and their highest number. */
let [waiting, waited, most] = [0, 0, 0]

beforeAll(async () => {
  site = createServer((request, response) => {
    if (request.url === '/huge') return void response.end(Buffer.alloc(21 * 1_048_576))
    if (request.url !== '/wait') return void response.end('x')
    waiting += 1
    waited += 1
    most = Math.max(most, waiting)
    // the first ones take longest: meanwhile the plugin asks for all others
    setTimeout(
      () => {
        waiting -= 1
        response.end('x')
      },
      waited <= 8 ? 1_000 : 20,
    )
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
})

afterAll(async () => {
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})

describe.each(LEVELS)('limits of services, from a plugin at level %s', (isolation) => {
  let assistant: RunningAssistant
  let driver: Session
  let ada: EmulatedUser

  beforeAll(async () => {
    const home = await createHome({
      'plugins/greedy.ts': GREEDY,
      'plugins_config.json': { enabled_plugins: { greedy: true } },
      'config.json': {
        plugin_host: { plugins: { greedy: { isolation, memory_mb: 512, call_seconds: 60 } } },
      },
    })
    await grant(home, 'greedy')
    assistant = await startAssistant(home)
    driver = await logIn(assistant)
    ada = await createPerson(driver)
  })

  afterAll(async () => {
    await stopAllPrograms()
    await removeHomes()
  })

  async function want(what: string): Promise<unknown> {
    const [answer = ''] = await ask(driver, ada, what)
    return JSON.parse(answer) as unknown
  }

  test('500 series of metrics are kept', async () => {
    await want('series')
    const text = await (await fetch(`${assistant.url}/metrics`)).text()
    expect(text.match(/^plugin_greedy_series\{/gm)?.length).toBeLessThanOrEqual(500)
  })

  test.each([
    ['metrics', { ok: 49, 'metric-invalid': 11 }],
    ['labels', 'metric-invalid'],
    ['storeValue', 'store-limit'],
    ['storeKey', { 'store-limit': 2 }],
    ['cacheValue', 'cache-limit'],
    ['queues', { ok: 20, 'queue-full': 1 }],
    ['queueOptions', { 'queue-full': 3 }],
    ['rows', 'database-limit'],
    ['bytes', 'database-limit'],
    ['value', 'database-limit'],
    ['time', 'database-timeout'],
    ['schedules', { 'schedule-invalid': 2 }],
    ['httpBytes', 'network-failed'],
  ])('%s', async (what, got) => {
    expect(await want(`${what} ${url}`)).toEqual(got)
  })

  test('the store holds 64 MiB', async () => {
    const got = (await want('storeBytes')) as Record<string, number>
    expect(got['ok']).toBeLessThanOrEqual(64)
    expect(got['store-limit']).toBeGreaterThanOrEqual(6)
  })

  test('the cache holds 10,000 entries and 8 MiB, the newest ones', async () => {
    expect(await want('cacheEntries')).toEqual({ kept: 10_000, isNewestThere: true })
    expect((await want('cacheBytes')) as { kept: number }).toMatchObject({ kept: 15 })
  })

  test('rate limits know 10,000 keys; further ones share a count', async () => {
    expect(await want('limit')).toEqual({ true: 10_001, false: 99 })
  })

  test('256 requests are under way at most, and a host gets what a second allows', async () => {
    const got = (await want(`http ${url}`)) as Record<string, number>
    // a few are over before the last ones are asked for
    expect(got['ok']).toBeGreaterThanOrEqual(256)
    expect(got['network-limited']).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(256)
    const quick = (await want(`httpRate ${url}`)) as Record<string, number>
    expect(quick['ok']).toBeLessThanOrEqual(1_000)
    expect(quick['network-limited']).toBeGreaterThanOrEqual(500)
  })

  test('a database has 1,000 queries waiting and 256 MiB', async () => {
    // a process can have 512 calls in progress, so it is refused before the queries queue up
    const limited = {
      inline: { ok: 1_000, 'database-limit': 200 },
      process: { ok: 511, 'plugin-timeout': 689 },
    }
    expect(await want('waiting')).toEqual({
      ...limited[isolation],
      first: 'database-timeout',
    })
    expect(await want('file')).toEqual({ ok: 17, 'database-limit': 3 })
  })

  test('afterwards the assistant is well', async () => {
    expect((await fetch(`${assistant.url}/readyz`)).status).toBe(200)
    await want('logger')
    const lines = assistant.output().match(/greedy line/g)?.length ?? 0
    expect(isolation === 'inline' || lines < 1_000).toBe(true)
  })
})
