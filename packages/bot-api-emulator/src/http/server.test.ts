import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBotApiEmulator } from '../create-bot-api-emulator.ts'
import type { BotApiEmulator } from '../emulator.ts'
import { botApiClient } from '../testing/bot-api-client.ts'

let emulator: BotApiEmulator
let call: ReturnType<typeof botApiClient>
let chatId: number

beforeEach(async () => {
  emulator = await createBotApiEmulator()
  call = botApiClient(emulator)
  chatId = emulator.driver.createUser({ firstName: 'Ada' }).id
})

afterEach(async () => {
  await emulator.close()
})

const root = (): string => `${emulator.url}/bot${emulator.token}`

describe('a call', () => {
  it('may come as a query, a form, multipart or JSON, with everything as text', async () => {
    const fields = {
      chat_id: String(chatId),
      text: 'hi',
      disable_notification: 'true',
      reply_markup: JSON.stringify({ inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] }),
    }
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    const answers = await Promise.all([
      fetch(`${root()}/sendMessage?${new URLSearchParams(fields)}`),
      fetch(`${root()}/SENDMESSAGE`, { method: 'POST', body: new URLSearchParams(fields) }),
      fetch(`${root()}/sendmessage`, { method: 'POST', body: form }),
      fetch(`${root()}/sendMessage`, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(fields),
      }),
    ])
    const bodies = await Promise.all(answers.map((answer) => answer.json()))
    expect(bodies).toHaveLength(4)
    for (const body of bodies) {
      expect(body).toMatchObject({
        ok: true,
        result: { text: 'hi', reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
      })
    }
  })

  it('with percent-encoded token works', async () => {
    const token = encodeURIComponent(emulator.token)
    expect((await fetch(`${emulator.url}/bot${token}/getMe`)).status).toBe(200)
  })

  it.each([
    ['/bot1:wrong/getMe', 401, 'Unauthorized'],
    ['/botTOKEN/nonsense', 404, 'Not Found'],
    ['/botTOKEN/test/getMe', 404, 'Not Found'],
    ['/botTOKEN/', 404, 'Not Found'],
    ['/botTOKEN', 404, 'Not Found'],
    ['/', 404, 'Not Found'],
    ['/file/bot1:wrong/photos/file_0.jpg', 401, 'Unauthorized'],
    ['/file/botTOKEN/photos/../../etc/passwd', 404, 'Not Found'],
    ['/file/botTOKEN/%2e%2e/%2e%2e/etc/passwd', 404, 'Not Found'],
  ])('to %s is refused', async (path, status, description) => {
    const response = await fetch(`${emulator.url}${path.replace('TOKEN', emulator.token)}`)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ ok: false, error_code: status, description })
  })

  it.each([
    ['{', 'application/json'],
    ['[1]', 'application/json'],
    ['"x"', 'application/json'],
  ])('with the body %s is refused', async (body, contentType) => {
    const response = await fetch(`${root()}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    })
    expect(await response.json()).toMatchObject({
      ok: false,
      error_code: 400,
      description: expect.stringContaining("can't parse JSON"),
    })
  })

  it('cannot reach the prototype of its parameters', async () => {
    const body = `{"chat_id":${chatId},"text":"x","__proto__":{"reply_to_message_id":99}}`
    const response = await fetch(`${root()}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(await response.json()).toMatchObject({ ok: true })
  })

  it('of a method without behaviour gets a well-formed answer, and a refusal for wrong parameters', async () => {
    expect(await call('getStickerSet', { name: 'x' })).toMatchObject({ ok: true, result: { stickers: [] } })
    expect(await call('getStickerSet', {})).toMatchObject({
      error_code: 400,
      description: 'Bad Request: parameter "name" is required',
    })
    expect(await call('setChatPermissions', { chat_id: 5, permissions: {} })).toMatchObject({
      description: 'Bad Request: chat not found',
    })
  })

  it('is recorded', async () => {
    await call('sendMessage', { chat_id: chatId, text: 'x' })
    await call('sendMessage', { chat_id: 5, text: 'x' })
    expect(emulator.calls()).toMatchObject([
      { method: 'sendMessage', params: { text: 'x' }, chatId, status: 200 },
      { method: 'sendMessage', chatId: 5, status: 400 },
    ])
  })
})

describe('getUpdates', () => {
  /** Once these are answered, earlier requests have arrived. */
  async function arrived(): Promise<void> {
    await setTimeout(50)
    await call('getMe')
    await call('getMe')
  }

  it('ends with 409 when another one comes', async () => {
    const first = call('getUpdates', { timeout: 30 })
    await arrived()
    const second = call('getUpdates', { timeout: 30 })
    expect(await first).toEqual({
      ok: false,
      error_code: 409,
      description:
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    })
    emulator.driver.sendMessage(chatId, { userId: chatId, text: 'x' })
    expect((await second).result).toHaveLength(1)
  })

  it('is answered when the emulator closes', async () => {
    const held = call('getUpdates', { timeout: 30 })
    await arrived()
    const closed = emulator.close()
    expect(await held).toEqual({ ok: true, result: [] })
    await closed
  })

  it('delivers raw updates of unknown kinds', async () => {
    emulator.control.sendRawUpdate({ brand_new_kind: { x: 1 } })
    expect((await call('getUpdates')).result).toMatchObject([
      { update_id: expect.any(Number), brand_new_kind: { x: 1 } },
    ])
  })

  it('delivers reactions, edits and group messages', async () => {
    const group = emulator.driver.createChat({ type: 'supergroup', title: 'T', memberIds: [chatId] }).id
    await call('getUpdates', { allowed_updates: ['message', 'edited_message', 'message_reaction'] })
    const { id } = emulator.driver.sendMessage(group, { userId: chatId, text: '/go' })
    emulator.driver.editMessage(group, id, { userId: chatId, text: '/went' })
    emulator.driver.react(group, id, { userId: chatId, emoji: '🎉' })
    const { result } = await call('getUpdates', { offset: -3 })
    expect(result).toMatchObject([
      { message: { chat: { id: group, type: 'supergroup', title: 'T' }, text: '/go' } },
      { edited_message: { text: '/went', edit_date: expect.any(Number) } },
      { message_reaction: { new_reaction: [{ type: 'emoji', emoji: '🎉' }], old_reaction: [] } },
    ])
  })
})

describe('faults', () => {
  it('hit the chosen calls and no others', async () => {
    emulator.faults.add({ kind: 'too-many-requests', retryAfter: 7, method: 'SendMessage', chatId })
    expect(await call('getMe')).toMatchObject({ ok: true })
    expect(await call('sendMessage', { chat_id: 5, text: 'x' })).toMatchObject({ error_code: 400 })
    const response = await fetch(`${root()}/sendMessage?chat_id=${chatId}&text=x`)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await response.json()).toEqual({
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 7',
      parameters: { retry_after: 7 },
    })
    expect(await call('sendMessage', { chat_id: chatId, text: 'x' })).toMatchObject({ ok: true })
  })

  it('can be disarmed, and last as often as told', async () => {
    const disarm = emulator.faults.add({ kind: 'forbidden', times: 5 })
    expect(await call('getMe')).toMatchObject({ error_code: 403 })
    expect(await call('getMe')).toMatchObject({ error_code: 403 })
    expect(emulator.faults.remaining).toBe(3)
    disarm()
    expect(await call('getMe')).toMatchObject({ ok: true })
  })

  it('break the connection before or after the call took effect', async () => {
    emulator.faults.add({ kind: 'drop-request', method: 'sendMessage' })
    await expect(call('sendMessage', { chat_id: chatId, text: 'lost' })).rejects.toThrow('fetch failed')
    emulator.faults.add({ kind: 'drop-response', method: 'sendMessage' })
    await expect(call('sendMessage', { chat_id: chatId, text: 'kept' })).rejects.toThrow('fetch failed')
    expect(emulator.driver.transcript(chatId).map(({ text }) => text)).toEqual(['kept'])
  })

  it('answer as broken servers and proxies do', async () => {
    emulator.faults.add({ kind: 'server-error', status: 502, html: true })
    const page = await fetch(`${root()}/getMe`)
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html'])
    emulator.faults.add({ kind: 'server-error' })
    expect(await call('getMe')).toEqual({ ok: false, error_code: 500, description: 'Internal Server Error' })
    emulator.faults.add({ kind: 'garbage' })
    await expect(call('getMe')).rejects.toThrow(SyntaxError)
    emulator.faults.add({ kind: 'conflict', method: ['getUpdates'] })
    expect(await call('getUpdates')).toMatchObject({ error_code: 409 })
  })

  it('delay a call', async () => {
    emulator.faults.add({ kind: 'delay', ms: 80 })
    const start = performance.now()
    expect(await call('getMe')).toMatchObject({ ok: true })
    expect(performance.now() - start).toBeGreaterThanOrEqual(75)
  })
})
