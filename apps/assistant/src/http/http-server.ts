import { createServer } from 'node:http'
import cookie from '@fastify/cookie'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Logger } from '@pluggram/sdk'
import type { Health } from '@pluggram/observability'
import { hasSession, registerLoginRoutes } from './login-routes.ts'
import type { LoginOptions } from './login-routes.ts'
import { RequestGuard } from './request-guard.ts'
import { WEBHOOK_PATH } from './webhook-handler.ts'
import type { RequestHandler } from './webhook-handler.ts'

export interface HttpServerOptions {
  readonly login: LoginOptions
  readonly allowedHosts: readonly string[]
  readonly health: Health
  readonly logger: Logger
  /** Takes Telegram's updates; without it, that address is like any other. */
  readonly webhook?: RequestHandler
}

/** A request must be complete within this time; it bounds slow bodies. */
const REQUEST_TIMEOUT_MS = 30_000
/** How long a connection may be kept without a request: longer than proxies do, so that they end it and not we. */
const KEEP_ALIVE_MS = 72_000
/** Addresses that programs ask, not browsers. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/**
 * The HTTP surface: every request passes the host and origin guard, everything under `/api` needs a session.
 * Routes of other parts are registered on the returned server before `listen`.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const guard = new RequestGuard({ allowedHosts: options.allowedHosts })
  const server = fastify({
    serverFactory: (handler) =>
      createServer(
        { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
        options.webhook ? before(handler, options.webhook) : handler,
      ),
    bodyLimit: 1_048_576,
    // a stop ends idle connections and event streams instead of waiting for browsers to leave
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
  })
  await server.register(cookie)

  server.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request.url)
    void reply.headers(SECURITY_HEADERS)
    const { host, origin } = request.headers
    const isOwn = PROBES.has(path) ? guard.isProbeHost(host) : guard.isOwnHost(host)
    if (!isOwn || !guard.isOwnOrigin(origin, host)) {
      return reply
        .code(403)
        .send(
          problem(
            'foreign-request',
            'Requests of other sites are refused. Open the assistant by its own address, or name the host in config.json under http.allowed_hosts.',
          ),
        )
    }
    // the router decodes and normalises paths, so what it found decides, not what the request wrote
    const route = request.routeOptions.url ?? path
    if ((route.startsWith('/api') || path.startsWith('/api')) && !hasSession(request, options.login)) {
      return reply
        .code(401)
        .send(
          problem(
            'login-required',
            'Log in first: open the link that the terminal printed, or run "npx pluggram login" for a new one.',
          ),
        )
    }
  })

  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send(problem('not-found', `There is nothing at ${pathOf(request.url)}.`)),
  )
  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) options.logger.error('request failed', { path: pathOf(request.url), err: error })
    const message = status >= 500 ? 'The assistant failed to answer; the log says why.' : error.message
    return reply
      .code(status)
      .send(problem(error.code?.toLowerCase().replaceAll('_', '-') ?? 'failed', message))
  })

  registerLoginRoutes(server, options.login)
  server.get('/healthz', async () => ({ status: 'alive' }))
  server.get('/readyz', async (_request, reply) => {
    const report = await options.health.report()
    return reply.code(report.status === 'ready' ? 200 : 503).send(report)
  })
  server.get('/', (_request, reply) => reply.redirect('/playground', 303))
  return server
}

/** Telegram proves itself by a secret, so that nothing of what guards pages is asked of it. */
function before(handler: RequestHandler, webhook: RequestHandler): RequestHandler {
  return (request, response) => {
    const isUpdate = request.method === 'POST' && pathOf(request.url ?? '') === WEBHOOK_PATH
    if (isUpdate) webhook(request, response)
    else handler(request, response)
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

function problem(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } }
}
