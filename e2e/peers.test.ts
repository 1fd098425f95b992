import { createServer, request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const SECRET = 'peer-secret'
const CHATS = 50
const MESSAGES_EACH = long(8, 20)
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const close of closing.splice(0)) await close()
  await removeHomes()
})

/**
 * A Bot API server that we did not write. It supports no long polling, menus, chat actions or
 * webhook secrets.
 */
async function startPeer(): Promise<TelegramServer> {
  const server = new TelegramServer({
    port: 29_000 + (process.pid % 2_000),
    host: '127.0.0.1',
    storeTimeout: 600,
  })
  await server.start()
  closing.push(() => server.stop())
  return server
}

/** Adds the secret header, which this server does not support, as a reverse proxy could. */
async function startSecretProxy(target: string): Promise<string> {
  const server: Server = createServer((incoming, answer) => {
    const headers = { ...incoming.headers, 'x-telegram-bot-api-secret-token': SECRET }
    const outgoing = request(target, { method: 'POST', headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500)
      response.pipe(answer)
    })
    outgoing.on('error', () => answer.writeHead(502).end())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each(long(['polling'], ['webhook']))(
  `%s against telegram-test-api: ${CHATS * MESSAGES_EACH} messages of ${CHATS} chats, each answered once, in order per chat`,
  async (mode) => {
    const peer = await startPeer()
    const home = await createHome({
      'plugins/echo.js':
        "export default class { processMessage(m) { return { success: true, response: 'echo ' + m } } }",
      'plugins_config.json': { enabled_plugins: { echo: true } },
    })
    const port = String(27_000 + (process.pid % 2_000))
    const webhook = {
      PORT: port,
      TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
      TELEGRAM_WEBHOOK_SECRET: SECRET,
    }
    await startAssistant(home, {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: peer.config.apiURL,
      ...(mode === 'webhook' && webhook),
    })
    if (mode === 'webhook') {
      // the server delivers to the proxy, the proxy to the assistant
      peer.setWebhook({ url: await startSecretProxy(webhook.TELEGRAM_WEBHOOK_URL) }, TOKEN)
    }
    const chatIds = Array.from({ length: CHATS }, (_, index) => 9_000 + index)
    for (let index = 0; index < MESSAGES_EACH; index += 1) {
      for (const chatId of chatIds) {
        const client = peer.getClient(TOKEN, { chatId, userId: chatId, firstName: `P${chatId}` })
        // in webhook mode the server increments its update id only after the delivery, and would
        // use one twice
        const isTaken = peer.waitUserMessage()
        await client.sendMessage(client.makeMessage(`${chatId}-${index}`))
        await isTaken
      }
    }
    const texts = (chatId: number): string[] =>
      peer.storage.botMessages
        .filter((item) => String(item.message.chat_id) === String(chatId))
        .map((item) => String(item.message.text))
    const end = Date.now() + 200_000
    while (peer.storage.botMessages.length < CHATS * MESSAGES_EACH && Date.now() < end) await sleep(50)
    await sleep(300)
    for (const chatId of chatIds) {
      expect(texts(chatId)).toEqual(
        Array.from({ length: MESSAGES_EACH }, (_, index) => `echo ${chatId}-${index}`),
      )
    }
  },
)
