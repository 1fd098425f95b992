import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { registerWebhookRoute } from './webhook-route.ts'

const servers: FastifyInstance[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

function start(isAccepting: () => boolean): { server: FastifyInstance; taken: unknown[] } {
  const server = fastify()
  const taken: unknown[] = []
  registerWebhookRoute(server, {
    checkSecret: (header) => header === 'right',
    isAccepting,
    accept: async (update) => void taken.push(update),
  })
  servers.push(server)
  return { server, taken }
}

const post = (server: FastifyInstance, secret: string | undefined) =>
  server.inject({
    method: 'POST',
    url: '/telegram/webhook',
    headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
    payload: { update_id: 1 },
  })

test('asks Telegram to come again while there is more than can be held, and takes updates afterwards', async () => {
  let isFull = true
  const { server, taken } = start(() => !isFull)
  const refused = await post(server, 'right')
  expect(refused.statusCode).toBe(503)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(taken).toEqual([])
  isFull = false
  expect((await post(server, 'right')).statusCode).toBe(200)
  expect(taken).toEqual([{ update_id: 1 }])
})

test('says nothing of that to whoever does not know the secret', async () => {
  const { server } = start(() => false)
  expect((await post(server, undefined)).statusCode).toBe(401)
  expect((await post(server, 'wrong')).statusCode).toBe(403)
})
