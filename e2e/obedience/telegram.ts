import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const BOT_TOKEN = '700000001:AAE2E-emulated-token-for-tests-000000'
export const BOT_ID = 700_000_001

/** A message that the bot sent. */
export interface SentMessage {
  readonly chatId: number
  /** The whole request, as JSON. */
  readonly body: string
}

/** A Bot API that delivers whatever message a test makes, and records what the bot sends. */
export interface ScriptedTelegram {
  readonly url: string
  readonly sent: readonly SentMessage[]
  /** Files by id. */
  readonly files: Map<string, Uint8Array>
  /** Delivers a message with any fields. */
  deliver(message: object): void
  /** Resolves when the bot has sent something to a chat that contains the text. */
  until(text: string, chatId: number, from?: number): Promise<SentMessage>
  close(): Promise<void>
}

const ME = {
  id: BOT_ID,
  is_bot: true,
  first_name: 'Pluggram',
  username: 'pluggram_bot',
  can_join_groups: true,
  can_read_all_group_messages: true,
  supports_inline_queries: false,
}
/** A chat that gets no answer by then will get none. */
const LIMIT_MS = 90_000
const SENDS = /^send(?!.*(?:Draft|Action$))/

export async function startTelegram(): Promise<ScriptedTelegram> {
  const updates: { update_id: number; message?: object; callback_query?: object }[] = []
  /** Who wrote last in each chat. */
  const writers = new Map<number, object>()
  const sent: SentMessage[] = []
  const files = new Map<string, Uint8Array>()
  const wakers = new Set<() => void>()
  const wake = (): void => {
    for (const waker of wakers) waker()
  }
  let count = 0
  let lastUpdate = 0

  async function answer(method: string, body: string): Promise<unknown> {
    const params = (body.startsWith('{') ? JSON.parse(body) : {}) as Record<string, unknown>
    if (method === 'getMe') return ME
    if (method === 'getUpdates') return await poll(Number(params['offset'] ?? 0))
    if (method === 'getFile') return { file_id: params['file_id'], file_path: params['file_id'] }
    if (!SENDS.test(method)) return method === 'getWebhookInfo' ? { url: '' } : true
    const chatId = Number(params['chat_id'])
    sent.push({ chatId, body })
    count += 1
    refuse(chatId, 1_000_000 + count, body)
    wake()
    return { message_id: 1_000_000 + count, date: 1, chat: { id: chatId, type: 'private' }, text: 'x' }
  }

  /** Nobody allows anything here: whoever asked presses No, and the answer goes on. */
  function refuse(chatId: number, messageId: number, body: string): void {
    const data = /"callback_data":"(?<data>[^"]+no:[\w-]{12}:[\w-]{8})"/.exec(body)?.groups?.['data']
    if (data === undefined) return
    lastUpdate += 1
    const chat = { id: chatId, type: chatId < 0 ? 'supergroup' : 'private', title: 'x', first_name: 'x' }
    const message = { message_id: messageId, date: 1, chat, text: 'x' }
    const query = { id: `no-${messageId}`, from: writers.get(chatId), chat_instance: '1', message, data }
    updates.push({ update_id: lastUpdate, callback_query: query })
  }

  async function poll(offset: number): Promise<unknown> {
    while (updates[0] && updates[0].update_id < offset) updates.shift()
    if (updates.length === 0) await next(5_000)
    return updates.slice(0, 100)
  }

  function next(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        wakers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      wakers.add(done)
    })
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? []
    if (kind === 'file') return void response.end(files.get(decodeURIComponent(rest.at(-1) ?? '')))
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const result = await answer(rest.at(-1) ?? '', body)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }))
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    files,
    deliver(message) {
      lastUpdate += 1
      const { chat, from } = message as { chat?: { id: number }; from?: object }
      if (chat && from) writers.set(chat.id, from)
      updates.push({
        update_id: lastUpdate,
        message: { message_id: lastUpdate, date: Math.floor(Date.now() / 1_000), ...message },
      })
      wake()
    },
    async until(text, chatId, start = 0) {
      const end = Date.now() + LIMIT_MS
      for (let from = start; Date.now() < end;) {
        const found = sent
          .slice(from)
          .find((message) => message.chatId === chatId && message.body.includes(text))
        if (found) return found
        from = sent.length
        await next(1_000)
      }
      const said = sent.filter((message) => message.chatId === chatId).map(({ body }) => body)
      throw new Error(`the bot did not say ${text} in ${chatId}, but ${said.join('\n') || 'nothing'}`)
    },
    close: () =>
      new Promise((resolve) => {
        wake()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
