import type { FastifyInstance } from 'fastify'
import { z } from '@pluggram/sdk'
import type { JourneyBook } from '../journey-book.ts'

const number = z.coerce.number().int()
const listQuery = z.object({
  limit: number.min(1).max(200).default(100),
  plugin: z.string().max(64).optional(),
  chat: number.optional(),
  failed: z.stringbool().optional(),
  before: number.optional(),
})

/** `GET /api/journeys`, `GET /api/journeys/:id`. */
export function registerJourneyRoutes(server: FastifyInstance, book: JourneyBook): void {
  server.get('/api/journeys', ({ query }, reply) => {
    const parsed = listQuery.safeParse(query)
    if (parsed.success) return book.list(parsed.data)
    const message = `The query cannot be read: ${z.prettifyError(parsed.error)}`
    return reply.code(400).send({ error: { code: 'bad-query', message } })
  })
  server.get<{ Params: { id: string } }>('/api/journeys/:id', async ({ params: { id } }, reply) => {
    const found = await book.find(id)
    return reply.code(found ? 200 : 404).send(found ?? { error: noJourney(id) })
  })
}

/** Why there is nothing to show. */
export function noJourney(which: string): { readonly code: string; readonly message: string } {
  const known = 'The last messages are remembered while the assistant runs, see journeys.keep in config.json'
  const message = /^-?\d{1,20}$/.test(which)
    ? `Nothing is known of update ${which}. ${known}; notable ones are kept for journeys.days.`
    : `There is no such message (${which.slice(0, 20)}). ${known}. Give the id of an update, "last", "failed", "slowest" or "dearest".`
  return { code: 'no-journey', message }
}
