import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createWebhookHandler } from './webhook-handler.ts'

const servers: Server[] = []
const silent = { debug() {}, info() {}, warn() {}, error() {} }

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function start(isAccepting: () => boolean): Promise<{ url: string; taken: unknown[] }> {
  const taken: unknown[] = []
  const handler = createWebhookHandler(
    {
      checkSecret: (header) => header === 'right',
      isAccepting,
      accept: async (update) => void taken.push(update),
    },
    silent,
  )
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, taken }
}

const post = (url: string, secret?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret !== undefined && { 'x-telegram-bot-api-secret-token': secret }),
    },
    body: '{"update_id":1}',
  })

test('asks Telegram to come again while there is more than can be held, and takes updates afterwards', async () => {
  let isFull = true
  const { url, taken } = await start(() => !isFull)
  const refused = await post(url, 'right')
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(taken).toEqual([])
  isFull = false
  expect((await post(url, 'right')).status).toBe(200)
  expect(taken).toEqual([{ update_id: 1 }])
})

test('says nothing of that to whoever does not know the secret', async () => {
  const { url } = await start(() => false)
  expect((await post(url)).status).toBe(401)
  expect((await post(url, 'wrong')).status).toBe(403)
})
