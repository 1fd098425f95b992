import { chmodSync } from 'node:fs'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { claimAddress, removeAddress } from './local-address.ts'
import { DOOR_VERSION, VERSION_HEADER } from './door-version.ts'
import { HAS_OWNERS } from './private-folder.ts'
import { sendErrors } from '../send-errors.ts'
import type { SendErrorsOptions } from '../send-errors.ts'

export interface LocalServerOptions {
  /** The folder of the door; it is made, and nobody else may enter it. */
  readonly folder: string
  readonly logger: SendErrorsOptions['logger']
  /** Adds the routes that can be asked for. */
  register(server: FastifyInstance): void | Promise<void>
}

const REQUEST_TIMEOUT_MS = 10_000
const MAX_BODY_BYTES = 1_048_576
const MAX_CONNECTIONS = 64

/**
 * Serves routes to the owner of a folder on this machine, and to nobody else: the socket stands in
 * a folder that only its owner can enter. Requests need no login.
 * @throws PluggramError `command-failed`
 */
export async function serveLocally(options: LocalServerOptions): Promise<AsyncDisposable> {
  const { folder } = options
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
  })
  server.server.maxConnections = MAX_CONNECTIONS
  server.addHook('onRequest', async (request, reply) => {
    void reply.header(VERSION_HEADER, DOOR_VERSION)
    if (request.headers[VERSION_HEADER] === DOOR_VERSION) return
    return reply.code(400).send({
      error: {
        code: 'door-version',
        message: 'This command and the running assistant are of different versions. Restart the assistant.',
      },
    })
  })
  sendErrors(server, {
    logger: options.logger,
    isForOwner: true,
    notFound: (method, path) =>
      `The running assistant does not know ${method} ${path}. If it is older than this command, restart it.`,
  })
  await options.register(server)
  const address = await claimAddress(folder)
  try {
    await server.listen({ path: address })
    if (HAS_OWNERS) chmodSync(address, 0o600)
  } catch (error) {
    await server.close()
    removeAddress(folder, address)
    throw error
  }
  return {
    async [Symbol.asyncDispose]() {
      await server.close()
      removeAddress(folder, address)
    },
  }
}
