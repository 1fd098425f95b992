import { PluggramError, z } from '@pluggram/sdk'
import type { LogTail } from '@pluggram/observability'
import type { FastifyInstance } from 'fastify'
import type { Overview } from '../overview.ts'

export interface LifeRoutesOptions {
  /** Absent when nothing but tools is served. */
  readonly overview?: (() => Promise<Overview>) | undefined
  readonly requestEnd?: ((how: 'stop' | 'restart') => void) | undefined
  readonly logTail?: LogTail | undefined
}

const MOST_LINES = 500

const logQuery = z.object({
  after: z.coerce.number().int().min(0).optional(),
  count: z.coerce.number().int().min(1).max(MOST_LINES).default(100),
})

/** `GET /api/status` and `/api/log`, `POST /api/stop` and `/api/restart`: the life of the assistant, for commands. */
export function registerLifeRoutes(server: FastifyInstance, options: LifeRoutesOptions): void {
  const { overview, requestEnd, logTail } = options
  server.get('/api/status', () => {
    if (overview) return overview()
    throw onlyTools()
  })
  server.get('/api/log', ({ query }) => {
    const { after, count } = logQuery.parse(query)
    return logTail?.raw({ after, count }) ?? { lines: [], next: 0 }
  })
  for (const how of ['stop', 'restart'] as const) {
    server.post(`/api/${how}`, (_request, reply) => {
      if (!requestEnd) throw onlyTools()
      if (how === 'restart' && !CAN_RESTART) {
        throw new PluggramError(
          'command-failed',
          'On this system a program cannot restart itself. Stop it ("npx pluggram stop"), and start it again.',
        )
      }
      // the answer leaves first
      reply.raw.once('close', () => requestEnd(how))
      return { pid: process.pid }
    })
  }
}

/** Windows cannot replace a running program. */
const CAN_RESTART = process.platform !== 'win32' && process.execve !== undefined

function onlyTools(): PluggramError {
  return new PluggramError(
    'command-failed',
    'What runs in this home is "pluggram mcp", which ends with the program that started it.',
  )
}
