import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBotApiEmulator } from './create-bot-api-emulator.ts'
import type { BotApiEmulator } from './emulator.ts'
import { botApiClient, until } from './testing/bot-api-client.ts'

interface Delivery {
  readonly secret: string | undefined
  readonly text: string
  readonly chatId: number
  readonly status: number
}

let emulator: BotApiEmulator
let call: ReturnType<typeof botApiClient>
let server: Server
let url: string
let deliveries: Delivery[]
/** The bot server's answer; tests replace it. */
let answer: (text: string) => { status?: number; body?: object; waitMs?: number }

beforeEach(async () => {
  emulator = await createBotApiEmulator({ webhook: { firstRetryMs: 5, maxRetryMs: 20 } })
  call = botApiClient(emulator)
  deliveries = []
  answer = () => ({})
  server = createServer((request, response) => {
    void reply(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})

afterEach(async () => {
  await emulator.close()
  server.closeAllConnections()
  await new Promise((resolve) => {
    server.close(resolve)
  })
})

async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await receive(request)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body)
}

async function receive(request: IncomingMessage): Promise<{ status: number; body: string }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { message } = JSON.parse(Buffer.concat(chunks).toString()) as {
    message: { text: string; chat: { id: number } }
  }
  const { status = 200, body, waitMs = 0 } = answer(message.text)
  await new Promise((resolve) => {
    setTimeout(resolve, waitMs)
  })
  const secret = request.headers['x-telegram-bot-api-secret-token'] as string | undefined
  deliveries.push({ secret, text: message.text, chatId: message.chat.id, status })
  return { status, body: body ? JSON.stringify(body) : '' }
}

function say(userId: number, text: string): void {
  emulator.driver.sendMessage(userId, { userId, text })
}

describe('a webhook', () => {
  it('gets each update once, with the secret, in order within a chat', async () => {
    const people = Array.from({ length: 5 }, (_, index) =>
      emulator.driver.createUser({ firstName: `P${index}` }),
    )
    answer = () => ({ waitMs: Math.random() * 4 })
    await call('setWebhook', { url, secret_token: 'sesame' })
    for (let index = 0; index < 10; index += 1) for (const { id } of people) say(id, String(index))
    await until(() => deliveries.length === 50)
    for (const { id } of people) {
      const texts = deliveries.filter(({ chatId }) => chatId === id).map(({ text }) => text)
      expect(texts).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    }
    expect(new Set(deliveries.map(({ secret }) => secret))).toEqual(new Set(['sesame']))
    expect((await call('getWebhookInfo')).result.pending_update_count).toBe(0)
  })

  it('gets a failed update again, with later ones of the chat behind it and other chats going on', async () => {
    const ada = emulator.driver.createUser({ firstName: 'Ada' }).id
    const bob = emulator.driver.createUser({ firstName: 'Bob' }).id
    let failures = 3
    answer = (text) => {
      failures -= text === 'a1' ? 1 : 0
      return { status: text === 'a1' && failures >= 0 ? 500 : 200 }
    }
    await call('setWebhook', { url })
    say(ada, 'a1')
    say(ada, 'a2')
    say(bob, 'b1')
    await until(() => deliveries.length === 6)
    expect(
      deliveries.filter(({ chatId }) => chatId === ada).map(({ text, status }) => `${text} ${status}`),
    ).toEqual(['a1 500', 'a1 500', 'a1 500', 'a1 200', 'a2 200'])
    expect(deliveries.findIndex(({ text }) => text === 'b1')).toBeLessThan(3)
    const info = (await call('getWebhookInfo')).result
    expect(info).toMatchObject({
      url,
      last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
      last_error_date: expect.any(Number),
    })
  })

  it('may answer with a method, which is carried out', async () => {
    const ada = emulator.driver.createUser({ firstName: 'Ada' }).id
    answer = (text) => ({ body: { method: 'sendMessage', chat_id: ada, text: `re: ${text}` } })
    await call('setWebhook', { url })
    say(ada, 'hi')
    await until(() => emulator.driver.transcript(ada).length === 2)
    expect(emulator.driver.transcript(ada)[1]).toMatchObject({ text: 're: hi', fromBot: true })
  })

  it('keeps at most max_connections posts under way', async () => {
    let active = 0
    let most = 0
    answer = () => {
      active += 1
      most = Math.max(most, active)
      setTimeout(() => {
        active -= 1
      }, 9)
      return { waitMs: 10 }
    }
    const people = Array.from({ length: 6 }, () => emulator.driver.createUser({ firstName: 'P' }).id)
    await call('setWebhook', { url, max_connections: 2 })
    for (const id of people) say(id, 'x')
    await until(() => deliveries.length === 6)
    expect(most).toBe(2)
  })

  it('takes what was queued before, unless told to drop it, and gives back what it did not deliver', async () => {
    const ada = emulator.driver.createUser({ firstName: 'Ada' }).id
    say(ada, 'dropped')
    await call('setWebhook', { url, drop_pending_updates: true })
    await call('deleteWebhook')
    say(ada, 'kept')
    answer = () => ({ status: 500 })
    await call('setWebhook', { url })
    await until(() => deliveries.length > 0)
    expect(deliveries[0]?.text).toBe('kept')
    expect((await call('getUpdates')).description).toContain(
      "can't use getUpdates method while webhook is active",
    )
    await call('setWebhook', { url: '' })
    const { result } = await call('getUpdates')
    expect(result.map((update: { message: { text: string } }) => update.message.text)).toEqual(['kept'])
  })

  it('ends a held getUpdates', async () => {
    const held = call('getUpdates', { timeout: 30 })
    // once these are answered, earlier requests have arrived
    await call('getMe')
    await call('getMe')
    await call('setWebhook', { url })
    expect(await held).toMatchObject({
      error_code: 409,
      description: 'Conflict: terminated by setWebhook request',
    })
  })

  it.each([
    ['http://example.org/', 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook'],
    [
      'https://example.org:123/',
      'Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443',
    ],
    ['nonsense', 'Bad Request: invalid webhook URL specified'],
  ])('is refused at %s', async (address, description) => {
    expect(await call('setWebhook', { url: address })).toMatchObject({ error_code: 400, description })
  })

  it('is refused with a secret of other characters', async () => {
    expect(await call('setWebhook', { url, secret_token: 'open sesame' })).toMatchObject({
      description: 'Bad Request: secret token contains unallowed characters',
    })
  })
})
