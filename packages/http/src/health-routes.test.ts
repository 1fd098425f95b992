import { Agent, request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { createHttpServer } from './http-server.ts'
import { LoginLinks } from './login-links.ts'
import { Sessions } from './sessions.ts'

const TOKEN = 'monitoring-token-0123456789'
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const DETAILS = { receiving: { status: 'failed', bot: 'secret_bot', lastError: 'ECONNREFUSED 10.9.8.7' } }

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Where the connection seems to come from. Default: this machine. */
  readonly from?: string
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Served {
  ask(asked: Asked): Promise<Answer>
  /** How old the reports could be that were asked for. */
  readonly ages: readonly number[]
  isReady: boolean
}

const servers: FastifyInstance[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serve(isLoopbackTrusted?: boolean): Promise<Served> {
  const ages: number[] = []
  const served = { ages, isReady: true }
  const server = await createHttpServer({
    login: {
      links: new LoginLinks('key'),
      sessions: new Sessions({
        file: join(tmpdir(), 'no-sessions.json'),
        key: 'key',
        password: undefined,
        logger: quiet,
      }),
      deviceKey: 'key',
      cookieName: 'session',
    },
    metricsToken: () => TOKEN,
    ...(isLoopbackTrusted !== undefined && { isLoopbackTrusted }),
    allowedHosts: [],
    async readiness(maxAgeMs) {
      ages.push(maxAgeMs)
      const status = served.isReady ? 'ready' : 'not-ready'
      return { isReady: served.isReady, report: { status, summary: 'words', components: DETAILS } }
    },
    logger: quiet,
    hide: (text) => text,
  })
  servers.push(server)
  let from: string | undefined
  server.server.on('connection', (socket) => {
    if (from !== undefined) Object.defineProperty(socket, 'remoteAddress', { value: from })
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const ask = (asked: Asked): Promise<Answer> => {
    from = asked.from
    return send(port, asked)
  }
  return Object.assign(served, { ask })
}

function send(port: number, { method = 'GET', path = '/readyz', headers = {} }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // a connection for each, because a connection has one origin
    const agent = new Agent({ keepAlive: false })
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

const LOOPBACK = { host: '127.0.0.1:8080' }
const ELSEWHERE = '203.0.113.9'

/** Ways in which a stranger asks; the first is a program of another machine. */
const STRANGERS: readonly (readonly [string, Asked])[] = [
  ['from elsewhere', { from: ELSEWHERE, headers: { host: '198.51.100.1:8080' } }],
  ['from elsewhere, with the name of loopback', { from: ELSEWHERE, headers: LOOPBACK }],
  [
    'from elsewhere, as if forwarded for this machine',
    {
      from: ELSEWHERE,
      headers: { ...LOOPBACK, 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' },
    },
  ],
  ['through a proxy here', { headers: { ...LOOPBACK, 'x-forwarded-for': '127.0.0.1' } }],
  ['through a proxy here that keeps the public address', { headers: { host: '198.51.100.1' } }],
  [
    'with a wrong token',
    { from: `::ffff:${ELSEWHERE}`, headers: { ...LOOPBACK, authorization: 'Bearer x' } },
  ],
  ['with a made-up session', { from: ELSEWHERE, headers: { ...LOOPBACK, cookie: 'session=a.b.c' } }],
]

test.each(STRANGERS)(
  'a stranger who asks %s learns the word, and nothing by any other way',
  async (_, given) => {
    const served = await serve()
    const ask = (asked: Asked = {}): Promise<Answer> => served.ask({ ...given, ...asked })
    const headers: string[] = []
    for (const isReady of [true, false]) {
      served.isReady = isReady
      const answer = await ask()
      expect(answer.status).toBe(isReady ? 200 : 503)
      expect(answer.body).toBe(JSON.stringify({ status: isReady ? 'ready' : 'not-ready' }))
      const head = await ask({ method: 'HEAD' })
      expect([head.status, head.body]).toEqual([isReady ? 200 : 503, ''])
      expect(Number(head.headers['content-length'])).toBe(answer.body.length)
      headers.push(Object.keys(answer.headers).join())
    }
    // an old report will do, so that asking costs nothing
    expect(Math.min(...served.ages)).toBeGreaterThan(0)
    expect(new Set(headers).size).toBe(1)
    expect((await ask({ path: '/healthz' })).body).toBe('{"status":"alive"}')
    for (const method of ['OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const { status, body } = await ask({ method })
      expect([method, status, TELLS.test(body)]).toEqual([method, 404, false])
    }
    for (const path of ['/readyz/', '/readyz?details=1', '/READYZ', '//readyz', '/%72eadyz'])
      expect((await ask({ path })).body).not.toMatch(TELLS)
  },
)

/** What only the details say. */
const TELLS = /secret_bot|10\.9\.8\.7|words/

test('a forged name is refused before anything is looked at', async () => {
  const { ask, ages } = await serve()
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:80@evil',
  ]) {
    const { status, body } = await ask({ headers: { host } })
    expect([host, status, TELLS.test(body)]).toEqual([host, 403, false])
  }
  expect(ages).toEqual([])
})

test('this machine reads the details, unless that is switched off; the token always does', async () => {
  const token = { authorization: `Bearer ${TOKEN}` }
  const reads = async ({ ask }: Served, headers: Record<string, string>): Promise<boolean> =>
    TELLS.test((await ask({ headers: { ...LOOPBACK, ...headers } })).body)
  const usual = await serve()
  const strict = await serve(false)
  expect(await reads(usual, {})).toBe(true)
  expect(await reads(strict, {})).toBe(false)
  for (const served of [usual, strict]) {
    expect(await reads(served, token)).toBe(true)
    expect(await reads(served, { ...token, 'x-forwarded-for': ELSEWHERE })).toBe(true)
  }
})
