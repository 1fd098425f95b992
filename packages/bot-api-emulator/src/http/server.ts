import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { MAX_BODY_BYTES } from '../options.ts'
import { registerBotApi } from './bot-api-routes.ts'
import { registerChatDriver } from './driver-routes.ts'
import { registerControlRoutes } from './control-routes.ts'
import { refuseForeignPages } from './refuse-foreign-pages.ts'
import type { ServerOptions } from './server-options.ts'

/**
 * Polls are held for at most 50 s, so a request that takes longer than this to arrive is a stuck
 * upload.
 */
const REQUEST_TIMEOUT_MS = 120_000

export interface EmulatorServer {
  /** Returns the URL it listens on. */
  listen(address: { host: string; port: number }): Promise<string>
  close(): Promise<void>
}

export async function createServer(options: ServerOptions): Promise<EmulatorServer> {
  const { emulation, driver } = options
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // open event streams and held polls must not keep the server from closing
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
  })
  app.addHook('preClose', async () => {
    emulation.updates.releasePoll()
    emulation.webhook.remove()
  })
  await app.register(async (scope) => registerBotApi(scope, options))
  if (driver)
    await app.register(async (scope) => mountDriver(scope, options, driver), { prefix: '/emulator' })
  return {
    listen: (address) => app.listen(address),
    close: () => app.close(),
  }
}

function mountDriver(
  scope: FastifyInstance,
  { emulation }: ServerOptions,
  { driver, control }: NonNullable<ServerOptions['driver']>,
): void {
  scope.addHook('onRequest', refuseForeignPages)
  registerChatDriver(scope, { driver })
  registerControlRoutes(scope, emulation, control)
}
