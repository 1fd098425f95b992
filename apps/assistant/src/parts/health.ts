import { definePart } from '@pluggram/assembly'
import { Health } from '@pluggram/observability'
import * as tokens from './tokens.ts'

/** How the assistant is, for `/readyz`, `pluggram status`, pages and `/status`. */
export const healthOfAll = definePart({
  name: 'health',
  needs: { healthChecks: tokens.healthChecks, telegram: tokens.telegram },
  gives: tokens.health,
  start({ healthChecks, telegram }, life) {
    const startedAt = new Date()
    const health = new Health({
      checks: healthChecks,
      activity: () => ({ startedAt, ...telegram.activity() }),
    })
    life.add(tokens.healthOfRunning, health)
    return health
  },
})
