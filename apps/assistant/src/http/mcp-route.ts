import { isSame } from '@pluggram/http'
import type { McpEndpoint } from '@pluggram/mcp'
import type { FastifyInstance } from 'fastify'

export interface McpRouteOptions {
  readonly endpoint: McpEndpoint
  /** A request with one of these tokens comes from the owner. */
  readonly tokens: () => readonly string[]
}

const BODY_LIMIT_BYTES = 4 * 1_048_576

/**
 * `/mcp` offers the plugins' tools to other programs. It checks the token before it reads the body.
 */
export function registerMcpRoute(server: FastifyInstance, { endpoint, tokens }: McpRouteOptions): void {
  server.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    bodyLimit: BODY_LIMIT_BYTES,
    onRequest: async (request, reply) => {
      const given =
        /^Bearer (?<token>\S+)$/i.exec(request.headers.authorization ?? '')?.groups?.['token'] ?? ''
      if (tokens().some((token) => isSame(given, token))) return
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({
          error: {
            code: 'token-wrong',
            message: 'Send "Authorization: Bearer …" with the token of MCP_TOKEN (mcp.token in config.json).',
          },
        })
    },
    handler: async (request, reply) => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(request.headers)) {
        if (
          typeof value === 'string' &&
          !/^(?:host|connection|content-length|authorization|cookie)$/.test(name)
        ) {
          headers.set(name, value)
        }
      }
      const controller = new AbortController()
      reply.raw.once('close', () => controller.abort(new Error('the client left')))
      const answer = await endpoint.fetch(
        new Request(new URL(request.url, 'http://127.0.0.1'), {
          method: request.method,
          headers,
          signal: controller.signal,
          ...(request.method === 'POST' && { body: JSON.stringify(request.body ?? null) }),
        }),
      )
      return reply.send(answer)
    },
  })
}
