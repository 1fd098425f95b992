import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callsOf, QUICK, startEmulatedTelegram } from '../test-support.ts'
import type { EmulatedTelegram } from '../test-support.ts'
import { createWebhookSource } from './webhook-source.ts'
import type { WebhookSource } from './webhook-source.ts'

const SECRET = 'a-Secret_1'
let telegram: EmulatedTelegram
let server: Server
let source: WebhookSource
let received: IncomingUpdate[]
let failures: number
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 10 })

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
  received = []
  failures = 0
  server = createServer((request, response) => {
    if (!source.checkSecret(request.headers['x-telegram-bot-api-secret-token'])) {
      response.writeHead(401).end()
      return
    }
    void json(request)
      .then((update) => source.accept(update))
      .then(
        () => response.end(),
        () => response.writeHead(500).end(),
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  source = createWebhookSource({
    api: telegram.api,
    logger: telegram.logger,
    backoff: QUICK,
    slowBackoff: QUICK,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram/webhook`,
    secret: SECRET,
    checkMilliseconds: [50, 50],
    onUpdates: async (updates) => {
      if (failures-- > 0) throw new Error('the disk is full')
      received.push(...updates)
    },
  })
})

afterEach(async () => {
  await source.stop()
  await telegram.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

describe('createWebhookSource', () => {
  it('sets the webhook with its secret and receives what Telegram delivers', async () => {
    source.start()
    await until(() => expect(source.status()).toMatchObject({ state: 'receiving', isReady: true }))
    for (let index = 0; index < 20; index++) {
      telegram.emulator.driver.sendMessage(telegram.chat.id, { userId: telegram.ada.id, text: `m${index}` })
    }
    await until(() => expect(received.length).toBe(20))
    expect(received.map((update) => update.message.text)).toEqual(
      Array.from({ length: 20 }, (_, index) => `m${index}`),
    )
    const [call] = callsOf(telegram.emulator, 'setWebhook')
    expect(call).toMatchObject({ secret_token: SECRET })
    expect(call).not.toHaveProperty('drop_pending_updates')
    expect(callsOf(telegram.emulator, 'getUpdates')).toEqual([])
  })

  it('says so when Telegram cannot deliver what waits, and why, until it can', async () => {
    failures = Infinity
    source.start()
    await until(() => expect(source.status().state).toBe('receiving'))
    telegram.emulator.driver.sendMessage(telegram.chat.id, { userId: telegram.ada.id, text: 'one' })
    await until(() =>
      expect(source.status()).toMatchObject({ state: 'withheld', isReady: false, waitingAtTelegram: 1 }),
    )
    expect(source.status().lastError).toMatch(/cannot deliver 1 updates to the webhook. It says: .*500/)
    failures = 0
    await until(() => expect(received).toHaveLength(1))
    await until(() => expect(source.status()).toMatchObject({ state: 'receiving', isReady: true }))
  })

  it('gets an update again that could not be taken over', async () => {
    failures = 1
    source.start()
    telegram.emulator.driver.sendMessage(telegram.chat.id, { userId: telegram.ada.id, text: 'again' })
    await until(() => expect(received.length).toBe(1))
  })

  it('keeps trying to set the webhook, and leaves it set when it stops', async () => {
    telegram.emulator.faults.add({ kind: 'server-error', method: 'setWebhook', times: 3 })
    source.start()
    await until(() => expect(source.status().state).toBe('receiving'))
    await source.stop()
    expect(source.status().state).toBe('stopped')
    expect((await telegram.api.getWebhookInfo()).url).not.toBe('')
    await expect(source.accept({ update_id: 1 })).rejects.toMatchObject({ isRetryable: true })
  })

  it('sets the webhook again when another program removed it', async () => {
    source.start()
    await until(() => expect(source.status().state).toBe('receiving'))
    await telegram.api.deleteWebhook()
    telegram.emulator.driver.sendMessage(telegram.chat.id, { userId: telegram.ada.id, text: 'meanwhile' })
    await until(() => expect(received.length).toBe(1))
    expect(telegram.logger.lines.filter(({ level }) => level === 'warn').length).toBe(1)
    expect(callsOf(telegram.emulator, 'setWebhook').length).toBe(2)
  })

  it('is not ready while Telegram cannot be reached', async () => {
    source.start()
    await until(() => expect(source.status().isReady).toBe(true))
    const undo = telegram.emulator.faults.add({ kind: 'server-error', method: 'getWebhookInfo', times: 1000 })
    await until(() => expect(source.status()).toMatchObject({ state: 'unreachable', isReady: false }))
    undo()
    await until(() => expect(source.status().isReady).toBe(true))
    expect(callsOf(telegram.emulator, 'setWebhook').length).toBe(1)
  })

  it('tells accepted updates from ignored ones', async () => {
    source.start()
    const chat = { id: 1, type: 'private' }
    const message = {
      message_id: 1,
      date: 1,
      chat,
      from: { id: 1, is_bot: false, first_name: 'A' },
      text: 'hi',
    }
    expect(await source.accept({ update_id: 1, message })).toBe('accepted')
    expect(await source.accept({ update_id: 2, poll: {} })).toBe('ignored')
    expect(await source.accept('nonsense')).toBe('ignored')
    expect(received.length).toBe(1)
  })

  it('lets only the one right secret through', () => {
    expect(source.checkSecret(SECRET)).toBe(true)
    for (const wrong of [
      undefined,
      '',
      'x',
      `${SECRET} `,
      `${SECRET}, ${SECRET}`,
      [SECRET],
      [SECRET, SECRET],
    ]) {
      expect(source.checkSecret(wrong)).toBe(false)
    }
  })

  it('refuses a secret that Telegram would not take', () => {
    const options = {
      api: telegram.api,
      logger: telegram.logger,
      url: 'https://a.example',
      onUpdates: async () => {},
    }
    expect(() => createWebhookSource({ ...options, secret: '' })).toThrow('TELEGRAM_WEBHOOK_SECRET')
    expect(() => createWebhookSource({ ...options, secret: 'with space' })).toThrow('TELEGRAM_WEBHOOK_SECRET')
  })
})
