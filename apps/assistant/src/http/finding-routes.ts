import type { Findings } from '@pluggram/observability'
import type { FastifyInstance } from 'fastify'

/** `GET /api/findings`: what is wrong right now, errors first. */
export function registerFindingRoutes(server: FastifyInstance, findings: Pick<Findings, 'now'>): void {
  server.get('/api/findings', () => ({ findings: findings.now }))
}
