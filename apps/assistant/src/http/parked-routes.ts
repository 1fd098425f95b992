import type { FastifyInstance } from 'fastify'
import type { MessageStore, ParkedUpdate } from '@pluggram/sdk/runtime'

/** A parked update as the API and the command line show it. */
export interface ParkedSummary {
  readonly updateId: number
  readonly chatId: number
  readonly kind: string
  readonly text: string
  readonly tries: number
  readonly reason: string
  readonly receivedAt: string
}

/**
 * `GET /api/parked`, `GET /api/parked/:id`, `POST /api/parked/:id/replay`, `DELETE
 * /api/parked/:id`.
 */
export function registerParkedRoutes(
  server: FastifyInstance,
  store: MessageStore,
  pipeline: { replay(updateId: number): Promise<unknown> },
): void {
  server.get('/api/parked', async () => ({ parked: (await store.parked()).map(toSummary) }))
  server.get<{ Params: { id: string } }>('/api/parked/:id', async (request, reply) => {
    const found = (await store.parked()).find((item) => String(item.update.updateId) === request.params.id)
    return reply.code(found ? 200 : 404).send(found ?? notParked(request.params.id))
  })
  server.post<{ Params: { id: string } }>('/api/parked/:id/replay', async (request, reply) => {
    const isReplayed = Boolean(await pipeline.replay(Number(request.params.id)))
    return reply
      .code(isReplayed ? 200 : 404)
      .send(isReplayed ? { replayed: true } : notParked(request.params.id))
  })
  server.delete<{ Params: { id: string } }>('/api/parked/:id', async (request, reply) => {
    const isDropped = await store.drop(Number(request.params.id))
    return reply
      .code(isDropped ? 200 : 404)
      .send(isDropped ? { dropped: true } : notParked(request.params.id))
  })
}

export function toSummary({ update, tries, reason, receivedAt }: ParkedUpdate): ParkedSummary {
  return {
    updateId: update.updateId,
    chatId: update.chat.id,
    kind: update.kind,
    text: update.message.text.slice(0, 200),
    tries,
    reason,
    receivedAt: receivedAt.toISOString(),
  }
}

export function notParked(id: string): { error: { code: string; message: string } } {
  return {
    error: {
      code: 'not-parked',
      message: `No update ${id.slice(0, 20)} is parked; "pluggram replay" lists those that are.`,
    },
  }
}
