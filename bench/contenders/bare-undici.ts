/** No library, no checks, no storage: the minimum cost of a poll and a send. */
import { Agent, request } from 'undici'

const root = `${process.env.API_ROOT}/bot${process.env.BOT_TOKEN}`
const dispatcher = new Agent({ connections: 64 })
const headers = { 'content-type': 'application/json' }

async function call<T>(method: string, body: object): Promise<T> {
  const answer = await request(`${root}/${method}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    dispatcher,
    headersTimeout: 0,
  })
  return ((await answer.body.json()) as { result: T }).result
}

interface Update {
  readonly update_id: number
  readonly message: { readonly text: string; readonly chat: { readonly id: number } }
}

console.log('ready')
let offset = 0
for (;;) {
  const updates = await call<Update[]>('getUpdates', { offset, timeout: 30 })
  for (const { update_id, message } of updates) {
    offset = update_id + 1
    void call('sendMessage', { chat_id: message.chat.id, text: `echo ${message.text}` })
  }
}
