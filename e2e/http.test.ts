import { connect } from 'node:net'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { runCommand } from './support/command.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const SECRET = 'a-webhook-secret_42'

interface Answer {
  readonly status: number
  readonly body: string
}

/** Sends a request with any Host header, which fetch does not allow. */
function send(
  url: string,
  headers: Record<string, string | string[]>,
  method = 'GET',
  body?: string | Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

describe('the pages and the API', () => {
  let assistant: RunningAssistant
  let host: string
  beforeAll(async () => {
    assistant = await startAssistant(await createHome())
    host = new URL(assistant.url).host
  })

  test('health answers to probes by address; a foreign name is refused', async () => {
    expect(await send(`${assistant.url}/healthz`, { host: '10.1.2.3:8080' })).toMatchObject({ status: 200 })
    expect(await send(`${assistant.url}/readyz`, { host })).toMatchObject({ status: 200 })
    expect(await send(`${assistant.url}/readyz`, { host: 'evil.example' })).toMatchObject({ status: 403 })
  })

  test('everything under /api needs a session', async () => {
    for (const path of [
      '/api/playground/state',
      '/api/playground/events',
      '/api/nothing',
      '/api/playground/files/x',
      '//api/playground/state',
      '/%61pi/playground/state',
    ]) {
      const { status, body } = await send(assistant.url + path, { host })
      expect({ path, isRefused: [401, 404].includes(status) }).toEqual({ path, isRefused: true })
      expect(body).not.toContain('pluggram_bot')
    }
    expect(
      await send(
        `${assistant.url}/api/playground/users`,
        { host, 'content-type': 'application/json' },
        'POST',
        '{"firstName":"Eve"}',
      ),
    ).toMatchObject({ status: 401 })
    expect(
      await send(`${assistant.url}/api/playground/state`, { host, cookie: 'pluggram_session=zzz.abc.def' }),
    ).toMatchObject({ status: 401 })
  })

  test('a login link works once, sets a strict cookie, and foreign sites are refused even with it', async () => {
    const body = new URLSearchParams({ token: new URL(assistant.loginLink).searchParams.get('token') ?? '' })
    const redeem = () => fetch(`${assistant.url}/login`, { method: 'POST', redirect: 'manual', body })
    const first = await redeem()
    expect(first.status).toBe(303)
    expect(first.headers.get('location')).toBe('/playground')
    const [setCookie = ''] = first.headers.getSetCookie()
    expect(setCookie).toMatch(/HttpOnly/)
    expect(setCookie).toMatch(/SameSite=Strict/)
    const again = await redeem()
    expect(again.status).toBe(401)
    expect(await again.text()).toContain('pluggram login')

    const cookie = setCookie.split(';')[0] ?? ''
    const state = `${assistant.url}/api/playground/state`
    expect(await send(state, { host, cookie })).toMatchObject({ status: 200 })
    expect(await send(state, { host: 'evil.example', cookie })).toMatchObject({ status: 403 })
    expect(await send(state, { host: `${host}.evil.example`, cookie })).toMatchObject({ status: 403 })
    expect(await send(state, { host, cookie, origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    expect(await send(state, { host, cookie, origin: 'null' })).toMatchObject({ status: 403 })
    expect(await send(state, { host, cookie, origin: `http://${host}` })).toMatchObject({ status: 200 })
  })

  test('pages carry a content security policy and unknown addresses a plain 404', async () => {
    const page = await fetch(`${assistant.url}/playground`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    for (const path of [
      '/nothing',
      '/assets/../package.json',
      '/assets/%2e%2e/index.html',
      '/assets/..%2f..%2fpackage.json',
    ]) {
      const { status, body } = await send(assistant.url + path, { host })
      expect({ path, isRefused: [400, 403, 404].includes(status) }).toEqual({ path, isRefused: true })
      expect(body).not.toContain('dependencies')
    }
  })

  test('a wrong request gets a clear answer, not a stack', async () => {
    const session = await createSecondSession(assistant)
    const answer = await send(
      `${assistant.url}/api/playground/users`,
      { host, cookie: session, 'content-type': 'application/json' },
      'POST',
      '{"firstName":',
    )
    expect(answer.status).toBe(400)
    expect(answer.body).not.toMatch(/\n\s+at /)
  })
})

/**
 * A test has already used the printed link; `pluggram login` asks the assistant for another one.
 */
async function createSecondSession(assistant: RunningAssistant): Promise<string> {
  const home = /starting in ([^"\s]+)/.exec(assistant.output())?.[1] ?? ''
  const { output } = await runCommand(home, 'login')
  return (await logIn({ ...assistant, loginLink: output.trim() })).cookie
}

describe('the webhook', () => {
  let url: string
  let host: string
  let chatId: number
  const json = { 'content-type': 'application/json' }
  const secret = { 'x-telegram-bot-api-secret-token': SECRET }

  beforeAll(async () => {
    const emulator = await startEmulator()
    const port = String(21_000 + (process.pid % 4_000))
    const assistant = await startAssistant(await createHome(), {
      PORT: port,
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: emulator.url,
      TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
      TELEGRAM_WEBHOOK_SECRET: SECRET,
    })
    url = `${assistant.url}/telegram/webhook`
    host = new URL(url).host
    chatId = (await createPerson(emulator.driver)).id
  })

  const update = (text: string) =>
    JSON.stringify({
      update_id: Math.floor(Math.random() * 1e9),
      message: {
        message_id: 5,
        date: 1,
        chat: { id: chatId, type: 'private', first_name: 'A' },
        from: { id: chatId, is_bot: false, first_name: 'A' },
        text,
      },
    })

  test('the secret decides before anything else', async () => {
    expect(await send(url, { host, ...json }, 'POST', update('/help'))).toMatchObject({ status: 401 })
    expect(
      await send(url, { host, ...json, 'x-telegram-bot-api-secret-token': 'wrong' }, 'POST', update('/help')),
    ).toMatchObject({ status: 403 })
    expect(
      await send(
        url,
        { host, ...json, 'x-telegram-bot-api-secret-token': [SECRET, SECRET] },
        'POST',
        update('/help'),
      ),
    ).toMatchObject({ status: 403 })
    expect(await send(url, { host, ...json, ...secret }, 'POST', update('/help'))).toMatchObject({
      status: 200,
    })
    expect(
      await send(url, { host: 'bot.example.com', ...json, ...secret }, 'POST', update('/help')),
    ).toMatchObject({ status: 200 })
  })

  test('without the secret no body is read', async () => {
    const status = await new Promise<string>((resolve, reject) => {
      const { port } = new URL(url)
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /telegram/webhook HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n`,
        )
      })
      socket.setEncoding('utf8').once('data', (chunk: string) => {
        resolve(chunk.split('\r\n')[0] ?? '')
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(status).toContain('401')
  })

  test('what is no JSON object of a sensible size is refused with 4xx', async () => {
    const post = (body: string | Buffer, headers = {}) =>
      send(url, { host, ...json, ...secret, ...headers }, 'POST', body)
    expect(await post('{"update_id":')).toMatchObject({ status: 400 })
    expect(await post('')).toMatchObject({ status: 400 })
    expect(await post('[]')).toMatchObject({ status: 400 })
    expect(await post('null')).toMatchObject({ status: 400 })
    expect(await post(update('x'), { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
    expect(await post(update('x'), { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
    })
    expect(await post(Buffer.alloc(3 * 1024 * 1024, ' '))).toMatchObject({ status: 413 })
    expect(await post('['.repeat(100_000))).toMatchObject({ status: 400 })
    expect(await send(url, { host, ...secret }, 'GET')).toMatchObject({ status: 404 })
  })

  test('unknown kinds of updates are taken and ignored', async () => {
    const body = JSON.stringify({ update_id: 7, some_future_kind: { id: 1 } })
    expect(await send(url, { host, ...json, ...secret }, 'POST', body)).toMatchObject({ status: 200 })
    const odd = JSON.stringify({ update_id: 'x', message: { chat: 5 } })
    expect(await send(url, { host, ...json, ...secret }, 'POST', odd)).toMatchObject({ status: 200 })
  })
})
