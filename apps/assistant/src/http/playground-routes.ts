import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { BotApiEmulator } from '@pluggram/bot-api-emulator'
import { messagePage } from '@pluggram/http'
import type { ConsolePages } from '../console-pages.ts'
import { sendFile } from './send-file.ts'

export interface PlaygroundOptions {
  readonly pages: ConsolePages
  /** Absent when the assistant talks to Telegram. */
  readonly emulator?: BotApiEmulator
  /** Explains why there is no playground. */
  readonly offMessage: () => string
  /** The page in its place. */
  readonly botPage: () => Promise<string>
  /** Whether the request carries a session. */
  readonly mayRead: (request: FastifyRequest) => boolean
}

/** The page at `/playground` and its calls under `/api/playground`. */
export async function registerPlayground(server: FastifyInstance, options: PlaygroundOptions): Promise<void> {
  const { pages, emulator } = options
  const assets = join(pages.directory, 'assets')
  server.get<{ Params: { '*': string } }>('/assets/*', (request, reply) =>
    sendFile(request, reply, { root: assets, path: request.params['*'], isImmutable: true }),
  )
  if (!emulator) return registerBotPage(server, options)
  server.get('/playground', async (request, reply) => {
    const problem = await pages.whenReady()
    if (problem) {
      return reply
        .code(503)
        .type('text/html; charset=utf-8')
        .send(messagePage('The playground cannot be shown', [problem]))
    }
    reply.header('cache-control', 'no-cache')
    return sendFile(request, reply, { root: pages.directory, path: 'index.html' })
  })
  const { registerChatDriver } = await import('@pluggram/bot-api-emulator')
  await server.register(async (scope) => registerChatDriver(scope, emulator), { prefix: '/api/playground' })
}

/** An assistant on Telegram has no playground: its page says where it is and how it is. */
function registerBotPage(server: FastifyInstance, { botPage, mayRead, offMessage }: PlaygroundOptions): void {
  server.get('/playground', async (request, reply) => {
    if (!mayRead(request)) return reply.redirect('/login', 303)
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(await botPage())
  })
  server.get('/api/playground/state', (_request, reply) =>
    reply.code(404).send({ error: { code: 'playground-off', message: offMessage() } }),
  )
}
