import { describeSessions } from '@pluggram/http'
import type { Sessions } from '@pluggram/http'
import { PluggramError } from '@pluggram/sdk'
import type { FastifyInstance } from 'fastify'

/** The sessions for the command line: `GET /api/sessions`, and `DELETE` of one or of all. */
export function registerSessionDoorRoutes(server: FastifyInstance, sessions: () => Sessions): void {
  server.get('/api/sessions', () => ({ sessions: describeSessions(sessions()) }))
  server.delete('/api/sessions', () => ({ ended: sessions().end(() => true) }))
  server.delete<{ Params: { id: string } }>('/api/sessions/:id', (request) => {
    const ended = sessions().end(({ id }) => id === request.params.id)
    if (ended > 0) return { ended }
    throw new PluggramError('command-failed', 'There is no such session. "pluggram sessions" lists them.')
  })
}
