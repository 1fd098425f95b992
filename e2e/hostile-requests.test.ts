import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const PASSWORD = 'a long password'

interface Attempt {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly cookies: readonly string[]
}

let url: URL
let cookie: string

beforeAll(async () => {
  const home = await createHome({ '.env': `PLUGGRAM_PASSWORD=${PASSWORD}\n` })
  const assistant = await startAssistant(home)
  url = new URL(assistant.url)
  cookie = (await logIn(assistant)).cookie
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Sends the path as it is; fetch would tidy it up. */
function send({ method = 'GET', path, headers = {}, body }: Attempt): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: url.hostname,
      port: url.port,
      method,
      path,
      headers: { host: url.host, ...headers },
    }
    const outgoing = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          cookies: response.headers['set-cookie'] ?? [],
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Sends bytes as they are and returns the answers' status lines. */
function sendBytes(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes))
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('close', () => resolve(text.match(/HTTP\/1\.1 \d+/g)?.join(' ') ?? ''))
    // a reset is a refusal too, and is followed by the close
    socket.on('error', () => {})
  })
}

/** What none of these may show. */
const INSIDE = /"plugins":|"users":|"sessions":|BEGIN|dependencies|\n\s+at |pluggram_session|TELEGRAM|root:x:/

/** The attempts whose answers have another status, show something or set a cookie. */
async function notRefused(
  attempts: readonly Attempt[],
  statuses: readonly number[],
): Promise<readonly object[]> {
  const answers = await Promise.all(attempts.map(async (attempt) => ({ attempt, ...(await send(attempt)) })))
  return answers.flatMap(({ attempt, status, body, cookies }) => {
    const shows = INSIDE.exec(body)?.[0]
    const isFine = statuses.includes(status) && shows === undefined && cookies.length === 0
    return isFine ? [] : [{ attempt, status, shows, cookies }]
  })
}

const HOSTS = [
  'evil.example',
  'evil.example:8080',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil.example#127.0.0.1',
  '127.0.0.1@evil.example',
  '169.254.169.254',
  '[::ffff:7f00:1]evil',
]
const ORIGINS = [
  'http://evil.example',
  'https://evil.example',
  'null',
  'file://',
  'http://127.0.0.1',
  'http://localhost:1',
  'http://127.0.0.1.evil.example',
  'chrome-extension://abc',
]
const API = [
  '/api/playground/state',
  '/api/playground/events',
  '/api/sessions',
  '/api/plugins',
  '/api/openapi.json',
  '/api',
  '/api/',
  '//api/sessions',
  '/./api/sessions',
  '/x/../api/sessions',
  '/%61pi/sessions',
  '/api%2fsessions',
  '/API/sessions',
  '/api/sessions/',
  '/api/sessions?token=x',
  '/api/sessions;x=y',
  '/api/sessions%00',
  '/login/../api/sessions',
]
const PATHS = [
  '/assets/../package.json',
  '/assets/%2e%2e/index.html',
  '/assets/..%2f..%2fpackage.json',
  '/assets/..%252f..%252fpackage.json',
  '/assets/....//....//package.json',
  '/assets/..\\..\\package.json',
  '/assets/%5c..%5cpackage.json',
  '/assets//etc/passwd',
  '/assets/%2fetc%2fpasswd',
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/data/pluggram.db',
  '/.env',
  '/config.json',
  '/.git/config',
  '/assets/%00',
  '/assets/.',
]

describe('refused, whatever is tried', () => {
  test('a foreign Host, with a session too', async () => {
    const attempts = HOSTS.flatMap((host) => [
      { path: '/api/playground/state', headers: { host, cookie } },
      { path: '/playground', headers: { host, cookie } },
    ])
    expect(await notRefused(attempts, [400, 403])).toEqual([])
  })

  test('a foreign Origin, with a session too', async () => {
    const attempts = ORIGINS.flatMap((origin) => [
      { path: '/api/playground/state', headers: { origin, cookie } },
      { method: 'POST', path: '/api/logout', headers: { origin, cookie } },
    ])
    expect(await notRefused(attempts, [403])).toEqual([])
  })

  test('everything under /api without a session, however it is written', async () => {
    const attempts = API.flatMap((path) => ['GET', 'HEAD'].map((method) => ({ method, path })))
    expect(await notRefused(attempts, [400, 401, 404])).toEqual([])
    const changes = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({
      method,
      path: '/api/sessions',
    }))
    expect(await notRefused(changes, [401, 404])).toEqual([])
  })

  test('made-up cookies', async () => {
    const name = cookie.split('=')[0] ?? ''
    const value = (/=([^;]*)/.exec(cookie) ?? [])[1] ?? ''
    const made = [
      '',
      'x',
      `${value}x`,
      value.slice(1),
      value.toUpperCase(),
      `"${value}x"`,
      `${value}%00`,
      'a.b.c',
    ]
    const others = [`${name}x=${value}`, `x${name}=${value}`, `${name.toUpperCase()}=${value}`]
    const attempts = [...made.map((text) => `${name}=${text}`), ...others].map((text) => ({
      path: '/api/sessions',
      headers: { cookie: text },
    }))
    expect(await notRefused(attempts, [401])).toEqual([])
  })

  test('logins with nothing to show for it', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const bodies = ['', 'token=', 'token=x', 'token=a.b.c', 'password=', 'password=x&password=y', 'x=y', '%']
    const forms = bodies.map((body) => ({ method: 'POST', path: '/login', headers: form, body }))
    expect(await notRefused(forms, [401])).toEqual([])
    const others = [
      { method: 'POST', path: '/login', headers: form, body: `token=${'x'.repeat(10_000)}` },
      {
        method: 'POST',
        path: '/login',
        headers: { 'content-type': 'application/json' },
        body: '{"token":1}',
      },
      { method: 'POST', path: '/login', headers: { 'content-type': 'text/xml' }, body: '<x/>' },
      { method: 'PUT', path: '/login', headers: form, body: `password=${PASSWORD}` },
      { path: `/login?password=${encodeURIComponent(PASSWORD)}` },
      { path: '/login?token=x' },
      { path: '/login?token=x&token=y' },
    ]
    expect(await notRefused(others, [401, 404, 413, 415])).toEqual([])
  })

  test('files beyond the pages', async () => {
    const attempts = PATHS.map((path) => ({ path, headers: { cookie } }))
    expect(await notRefused(attempts, [400, 403, 404])).toEqual([])
  })

  test('tools without their token', async () => {
    const json = { 'content-type': 'application/json' }
    const tokens = [
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      'Bearer x y',
      `Basic ${btoa(`a:${PASSWORD}`)}`,
      `Bearer ${PASSWORD}`,
    ]
    const attempts = tokens.map((authorization) => ({
      method: 'POST',
      path: '/mcp',
      headers: { ...json, authorization, cookie },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    }))
    expect(await notRefused(attempts, [401])).toEqual([])
  })

  test('requests that two servers could read in two ways', async () => {
    const head = (line: string, ...headers: string[]): string =>
      [line, `Host: ${url.host}`, 'Connection: close', ...headers, '', ''].join('\r\n')
    const hidden = `GET /api/sessions HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`
    const attempts = [
      head('POST /login HTTP/1.1', 'Content-Length: 5', 'Content-Length: 6') + hidden,
      head('POST /login HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked') + `0\r\n\r\n${hidden}`,
      head('POST /login HTTP/1.1', 'Transfer-Encoding: xchunked') + hidden,
      head('GET /healthz HTTP/1.1', 'Host: evil.example'),
      head('GET /healthz HTTP/1.1', 'X: a\rb: c'),
      'GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n',
      'GET /healthz HTTP/1.0\r\n\r\n',
      head('GET /healthz HTTP/9.9'),
      head('GET\t/healthz HTTP/1.1'),
      head(`GET /${'x'.repeat(70_000)} HTTP/1.1`),
      head('GET /healthz HTTP/1.1', `X: ${'x'.repeat(70_000)}`),
      head('CONNECT evil.example:80 HTTP/1.1'),
    ]
    for (const bytes of attempts) {
      const answers = await sendBytes(bytes)
      expect([bytes.slice(0, 60), answers]).toEqual([bytes.slice(0, 60), expect.not.stringContaining('200')])
      expect([bytes.slice(0, 60), answers]).toEqual([
        bytes.slice(0, 60),
        expect.not.stringMatching(/HTTP.*HTTP/),
      ])
    }
  })
})

test('after all this the owner is still logged in', async () => {
  expect((await send({ path: '/api/sessions', headers: { cookie } })).status).toBe(200)
})
