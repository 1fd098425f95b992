import type { FastifyInstance } from 'fastify'
import { sessionOf } from './login-routes.ts'
import type { LoginOptions } from './login-routes.ts'
import { errorBody } from './send-errors.ts'
import type { Session, Sessions } from './sessions.ts'

/** A session as the owner sees it; times in ISO 8601. */
export interface SessionSummary {
  readonly id: string
  readonly by: Session['by']
  readonly address: string
  readonly browser: string
  readonly createdAt: string
  readonly seenAt: string
  /** True for the session that asks. */
  readonly isCurrent: boolean
}

/** The sessions, without what would let somebody in. */
export function describeSessions(sessions: Sessions, current?: Session): SessionSummary[] {
  return sessions.list().map(({ id, by, address, browser, createdAt, seenAt }) => ({
    id,
    by,
    address,
    browser,
    createdAt: new Date(createdAt).toISOString(),
    seenAt: new Date(seenAt).toISOString(),
    isCurrent: id === current?.id,
  }))
}

/**
 * `GET /api/sessions` lists them, `DELETE /api/sessions/:id` ends one and `DELETE /api/sessions` all
 * others; `POST /api/logout` ends the one that asks.
 */
export function registerSessionRoutes(server: FastifyInstance, options: LoginOptions): void {
  const { sessions, cookieName } = options
  server.get('/api/sessions', (request) => ({
    sessions: describeSessions(sessions, sessionOf(request, options)),
  }))
  server.delete('/api/sessions', (request, reply) => {
    const current = sessionOf(request, options)
    sessions.end(({ id }) => id !== current?.id)
    return reply.code(204).send()
  })
  server.delete<{ Params: { id: string } }>('/api/sessions/:id', (request, reply) => {
    if (sessions.end(({ id }) => id === request.params.id) > 0) return reply.code(204).send()
    return reply.code(404).send(errorBody('not-found', 'There is no such session.'))
  })
  server.post('/api/logout', (request, reply) => {
    const current = sessionOf(request, options)
    sessions.end(({ id }) => id === current?.id)
    return reply.clearCookie(cookieName, { path: '/' }).code(204).send()
  })
}
