import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { expect, it, vi } from 'vitest'
import { createPollingSource } from './polling-source.ts'
import { callsOf, QUICK, startEmulatedTelegram } from '../test-support.ts'
import { createWebhookSource } from './webhook-source.ts'
import type { WebhookSource } from './webhook-source.ts'

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 10 })

it('no update is dropped when polling becomes a webhook and a webhook polling', async () => {
  const telegram = await startEmulatedTelegram()
  const { api, logger, emulator, ada, chat } = telegram
  const received: IncomingUpdate[] = []
  const texts = (): string[] => received.map((update) => update.message.text)
  const say = (text: string): unknown => emulator.driver.sendMessage(chat.id, { userId: ada.id, text })
  let webhook: WebhookSource | undefined
  const server = createServer((request, response) => {
    void json(request)
      .then((update) => webhook?.accept(update))
      .then(
        () => response.end(),
        () => response.writeHead(500).end(),
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const shared = {
    api,
    logger,
    backoff: QUICK,
    slowBackoff: QUICK,
    onUpdates: async (updates: readonly IncomingUpdate[]) => void received.push(...updates),
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram/webhook`

  const polling = createPollingSource(shared)
  polling.start()
  say('polled')
  await until(() => expect(texts()).toEqual(['polled']))
  await polling.stop()
  say('between')

  webhook = createWebhookSource({ ...shared, url, secret: 'secret' })
  webhook.start()
  await until(() => expect(texts()).toEqual(['polled', 'between']))
  say('delivered')
  await until(() => expect(texts().at(-1)).toBe('delivered'))
  await webhook.stop()
  say('between again')

  const pollingAgain = createPollingSource(shared)
  pollingAgain.start()
  say('polled again')
  await until(() => expect(texts().at(-1)).toBe('polled again'))
  await pollingAgain.stop()
  expect(texts()).toEqual(['polled', 'between', 'delivered', 'between again', 'polled again'])
  for (const method of ['setWebhook', 'deleteWebhook']) {
    for (const call of callsOf(emulator, method)) expect(call).not.toHaveProperty('drop_pending_updates')
  }
  await telegram.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
