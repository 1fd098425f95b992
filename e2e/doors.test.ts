import { request } from 'node:http'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const PASSWORD = 'a long password'
const METRICS_TOKEN = 'metrics-token-0123456789'

/** Fetches any address. */
const READER = `export default class {
  static manifest = {
    permissions: { network: ['localhost', '127.0.0.1'] },
    commands: { read: { description: 'Read' } },
  }
  constructor(config, services) { this.http = services.http }
  async processMessage(message, { command }) {
    if (!command) return undefined
    try {
      const answer = await this.http.fetch(command.args)
      return { success: true, response: 'got ' + answer.status }
    } catch (error) {
      return { success: true, response: error.code + ': ' + error.message }
    }
  }
}`

let assistant: RunningAssistant
let home: string

async function start(): Promise<void> {
  assistant = await startAssistant(home)
}

beforeAll(async () => {
  home = await createHome({
    '.env': `PLUGGRAM_PASSWORD=${PASSWORD}\nPLUGGRAM_METRICS_TOKEN=${METRICS_TOKEN}\n`,
  })
  await start()
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

interface Browser {
  readonly cookie: string
  readonly status: number
  readonly setCookie: string
}

/** Sends the form of the login page. */
async function submit(
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Browser> {
  const response = await fetch(`${assistant.url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(fields),
  })
  await response.text()
  const all = response.headers.getSetCookie()
  const setCookie = all.find((line) => line.includes('session')) ?? ''
  return { status: response.status, setCookie, cookie: all.map((line) => line.split(';')[0]).join('; ') }
}

const password = (text: string, headers?: Record<string, string>): Promise<Browser> =>
  submit({ password: text }, headers)

async function api(cookie: string, path: string, method = 'GET'): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${assistant.url}/api${path}`, { method, headers: { cookie } })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

interface Sessions {
  readonly sessions: readonly { readonly id: string; readonly isCurrent: boolean; readonly by: string }[]
}

describe('a login link', () => {
  test('is not used by looking at it, only by a press on its page, and then once', async () => {
    const link = assistant.loginLink
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
      const seen = await fetch(link, { method, redirect: 'manual' })
      expect([method, seen.status, seen.headers.getSetCookie()]).toEqual([method, 200, []])
    }
    const page = await (await fetch(link)).text()
    expect(page).toContain('<form method="post" action="/login"')
    const token = new URL(link).searchParams.get('token') ?? ''
    expect(page).toContain(token)
    const entered = await submit({ token })
    expect(entered.status).toBe(303)
    expect(entered.setCookie).toMatch(/HttpOnly.*SameSite=Strict/)
    expect(entered.setCookie).not.toContain('Secure')
    expect((await api(entered.cookie, '/sessions')).status).toBe(200)
    expect((await submit({ token })).status).toBe(401)
  })
})

describe('what programs may read', () => {
  const details = async (headers: Record<string, string> = {}): Promise<unknown> =>
    (await fetch(`${assistant.url}/readyz`, { headers })).json()
  const metrics = async (headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${assistant.url}/metrics`, { headers })).status

  test.each([
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'forwarded',
    'via',
    'x-real-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
    'cf-ray',
    'fly-client-ip',
    'fastly-client-ip',
    'x-envoy-external-address',
    'x-original-forwarded-for',
    'x-amzn-trace-id',
    'x-azure-clientip',
    'cdn-loop',
  ])('a request that a proxy passed on (%s) learns the status alone', async (name) => {
    expect(await details({ [name]: 'x' })).toEqual({ status: 'ready' })
    expect(await metrics({ [name]: 'x' })).toBe(401)
  })

  test('this machine, a session, the token and the password read all of it', async () => {
    const proxied = { 'x-forwarded-for': '203.0.113.9' }
    const { cookie } = await password(PASSWORD)
    const basic = `Basic ${Buffer.from(`any:${PASSWORD}`).toString('base64')}`
    const ways: Record<string, string>[] = [
      {},
      { ...proxied, cookie },
      { ...proxied, authorization: `Bearer ${METRICS_TOKEN}` },
      { ...proxied, authorization: basic },
    ]
    for (const headers of ways) {
      expect(await details(headers)).toHaveProperty('components')
      expect(await metrics(headers)).toBe(200)
    }
    for (const authorization of ['Bearer wrong', 'Bearer ', 'Basic !', 'Basic eDp4'])
      expect(await details({ ...proxied, authorization })).toEqual({ status: 'ready' })
  })
})

test('monitoring that knows the assistant by the name of a container needs the token, and gets in with it', async () => {
  const host = 'assistant:8080'
  const statusOf = (path: string, headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      // fetch sets the Host header itself
      const outgoing = request(assistant.url + path, { headers: { host, ...headers } }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode))
      })
      outgoing.on('error', reject).end()
    })
  const authorization = `Bearer ${METRICS_TOKEN}`
  expect(await statusOf('/metrics', { authorization })).toBe(200)
  expect(await statusOf('/readyz', { authorization })).toBe(200)
  expect(await statusOf('/metrics', { authorization: 'Bearer wrong' })).toBe(401)
  expect(await statusOf('/metrics', {})).toBe(403)
  expect(await statusOf('/metrics', { authorization, origin: 'http://evil.example' })).toBe(403)
  // the pages are for browsers
  expect(await statusOf('/playground', { authorization })).toBe(403)
  expect(await statusOf('/api/sessions', { authorization })).toBe(403)
})

describe('sessions', () => {
  test('are listed, ended one by one and all together, and outlive a restart', async () => {
    const [one, two, three] = [await password(PASSWORD), await password(PASSWORD), await password(PASSWORD)]
    const { sessions } = (await api(one.cookie, '/sessions')).body as Sessions
    expect(sessions.length).toBeGreaterThanOrEqual(3)
    expect(sessions.filter(({ isCurrent }) => isCurrent)).toHaveLength(1)
    const stored = await readFile(join(home, 'data', 'sessions.json'), 'utf8')
    for (const { cookie } of [one, two, three]) {
      const [, value = ''] = /session[^=]*=([^;]+)/.exec(cookie) ?? []
      expect(value).not.toBe('')
      expect(stored).not.toContain(value)
    }
    expect((await stat(join(home, 'data', 'sessions.json'))).mode & 0o777).toBe(0o600)

    expect((await api(two.cookie, '/logout', 'POST')).status).toBe(204)
    expect((await api(two.cookie, '/sessions')).status).toBe(401)
    const mine = ((await api(three.cookie, '/sessions')).body as Sessions).sessions.find(
      (item) => item.isCurrent,
    )
    expect((await api(one.cookie, `/sessions/${mine?.id}`, 'DELETE')).status).toBe(204)
    expect((await api(three.cookie, '/sessions')).status).toBe(401)
    expect((await api(one.cookie, '/sessions/nothing', 'DELETE')).status).toBe(404)

    const four = await password(PASSWORD)
    expect((await api(one.cookie, '/sessions', 'DELETE')).status).toBe(204)
    expect((await api(four.cookie, '/sessions')).status).toBe(401)
    expect((await api(one.cookie, '/sessions')).status).toBe(200)

    const { output } = await runCommand(home, 'sessions')
    expect(output).toMatch(/password/)
    await assistant.stop('SIGTERM')
    await start()
    expect((await api(one.cookie, '/sessions')).status).toBe(200)
  })

  test('cookies are for https alone when the page came that way', async () => {
    const { host } = new URL(assistant.url)
    expect((await password(PASSWORD, { 'x-forwarded-proto': 'https' })).setCookie).toContain('Secure')
    expect((await password(PASSWORD, { origin: `https://${host}` })).setCookie).toContain('Secure')
    expect((await password(PASSWORD)).setCookie).not.toContain('Secure')
  })
})

test("a stranger's wrong passwords do not lock out the owner, at whichever door they come", async () => {
  const stranger = { 'x-forwarded-for': '203.0.113.77' }
  let refused = 0
  for (let index = 0; index < 60; index += 1) {
    const guess =
      index % 2 === 0
        ? password(`guess ${index}`, stranger)
        : fetch(`${assistant.url}/metrics`, {
            headers: {
              ...stranger,
              authorization: `Basic ${Buffer.from(`any:guess ${index}`).toString('base64')}`,
            },
          })
    guess.then(
      ({ status }) => (refused += status === 429 ? 1 : 0),
      () => {},
    )
  }
  expect((await password(PASSWORD, { 'x-forwarded-for': '198.51.100.4' })).status).toBe(303)
  // even at the stranger's own address
  expect((await password(PASSWORD, stranger)).status).toBe(303)
  expect(refused).toBeGreaterThan(5)
})

test('a new password ends every session and what is still read in one, at once and at a start', async () => {
  const { cookie } = await password(PASSWORD)
  const stream = await fetch(`${assistant.url}/api/playground/events`, { headers: { cookie } })
  expect(stream.status).toBe(200)
  const reading = stream.text().then(
    () => 'over',
    () => 'over',
  )
  await writeFile(join(home, '.env'), 'PLUGGRAM_PASSWORD=another long password\n')
  await assistant.waitFor(/the password has changed; every session was ended/)
  expect(await reading).toBe('over')
  expect((await api(cookie, '/sessions')).status).toBe(401)
  expect((await password(PASSWORD)).status).toBe(401)
  const { cookie: second, status } = await password('another long password')
  expect(status).toBe(303)
  expect((await api(second, '/sessions')).status).toBe(200)
  expect(assistant.output()).not.toMatch(/another long password/)

  await assistant.stop('SIGTERM')
  await writeFile(join(home, '.env'), 'PLUGGRAM_PASSWORD=the third password\n')
  await start()
  expect((await api(second, '/sessions')).status).toBe(401)
  expect((await password('the third password')).status).toBe(303)

  // without a password, only login links let in
  await writeFile(join(home, '.env'), '\n')
  const form = async (): Promise<string> => (await fetch(`${assistant.url}/login`)).text()
  await expect.poll(form).not.toContain('type="password"')
  expect((await password('the third password')).status).toBe(401)
  expect((await password('')).status).toBe(401)
})

test("a plugin granted localhost does not reach the assistant's own doors", async () => {
  const { driver, url } = await startEmulator()
  const ada = await createPerson(driver)
  const port = await findFreePort()
  const reader = await createHome({
    'plugins/reader.js': READER,
    'plugins/named.js': READER.replaceAll('read', 'named').replace(
      "network: ['localhost', '127.0.0.1']",
      `network: ['127.0.0.1:${port}']`,
    ),
    'plugins_config.json': {
      enabled_plugins: { reader: true, named: true, ai_chatbot: false },
      grants: {
        reader: { network: ['localhost', '127.0.0.1'] },
        named: { network: [`127.0.0.1:${port}`] },
      },
    },
  })
  await startAssistant(reader, {
    PORT: String(port),
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
  })
  for (const host of ['localhost', '127.0.0.1', '127.1', '0x7f000001', 'LOCALHOST.'])
    expect([host, await ask(driver, ada, `/read http://${host}:${port}/readyz`)]).toEqual([
      host,
      [expect.stringMatching(/^permission-missing: /)],
    ])
  // other servers on this machine it may reach, and the door that was named
  expect(await ask(driver, ada, `/read ${url}/emulator/state`)).toEqual(['got 200'])
  expect(await ask(driver, ada, `/named http://127.0.0.1:${port}/healthz`)).toEqual(['got 200'])
  expect(await ask(driver, ada, `/named ${url}/emulator/state`)).toEqual([
    expect.stringMatching(/^permission-missing: /),
  ])
  await stopAllPrograms()
})
