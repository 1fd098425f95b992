import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import cookie from '@fastify/cookie'
import fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from '@pluggram/sdk'
import { registerLoginRoutes, sessionOf } from './login-routes.ts'
import type { LoginOptions } from './login-routes.ts'
import { mayReadDetails } from './may-read-details.ts'
import type { DetailsOptions } from './may-read-details.ts'
import { RequestGuard } from './request-guard.ts'
import { errorBody, pathOf, sendErrors } from './send-errors.ts'
import { registerSessionRoutes } from './session-routes.ts'

/** Answers requests before the framework sees them. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface HttpServerOptions extends DetailsOptions {
  readonly allowedHosts: readonly string[]
  /**
   * Whether the program is usable, and a report for those who may read details.
   * @param maxAgeMs a report of this age will do
   */
  readiness(maxAgeMs: number): Promise<{
    readonly isReady: boolean
    readonly report: { readonly status: string; readonly [detail: string]: unknown }
  }>
  readonly logger: Logger
  /** Hides secrets in an answer's JSON or plain text. */
  hide(text: string, route: string): string
  /**
   * Takes the `POST` requests to one path, unguarded: its callers prove themselves in their own
   * way.
   */
  readonly webhook?: { readonly path: string; readonly handler: RequestHandler }
}

/** A request must be complete within this time; it bounds slow bodies. */
const REQUEST_TIMEOUT_MS = 30_000
/**
 * How long an idle connection is kept: longer than proxies keep theirs, so that the proxy closes it
 * first.
 */
const KEEP_ALIVE_MS = 72_000
/** Strangers may learn how it was this long ago. */
const STRANGERS_AGE_MS = 2_000
/** Paths for programs, which may ask by IP address. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  // with no-referrer, browsers send `Origin: null` when the login form is sent, which is refused
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

const FOREIGN = errorBody(
  'foreign-request',
  'Requests of other sites are refused. Open the assistant by its own address, or name the host in config.json under http.allowed_hosts.',
)
const NO_SESSION = errorBody(
  'login-required',
  'Log in first: open the link that the terminal printed, or run "npx pluggram login" for a new one.',
)

/**
 * The HTTP surface: every request passes the host and origin guard, everything under `/api` needs a
 * session. Routes of other parts are registered on the returned server before `listen`.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { login, logger, webhook } = options
  const server = fastify({
    serverFactory: (handler) =>
      createServer(
        { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
        webhook ? before(handler, webhook) : handler,
      ),
    bodyLimit: 1_048_576,
    // closing ends idle connections and event streams instead of waiting for browsers to leave
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
  })
  await server.register(cookie)
  hideSecrets(server, options)
  guardRequests(server, new RequestGuard(options), login)
  sendErrors(server, { logger, notFound: (_method, path) => `There is nothing at ${path}.` })
  registerLoginRoutes(server, login)
  registerSessionRoutes(server, login)
  server.get('/healthz', async () => ({ status: 'alive' }))
  server.get('/readyz', async (request, reply) => {
    const mayRead = await mayReadDetails(request, options)
    // strangers can neither make it work nor learn from how long that takes
    const { isReady, report } = await options.readiness(mayRead ? 0 : STRANGERS_AGE_MS)
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(mayRead ? report : { status: report.status })
  })
  server.get('/', (_request, reply) => reply.redirect('/playground', 303))
  return server
}

/** Pages are left alone: they have no secrets but those that their readers need. */
function hideSecrets(server: FastifyInstance, { hide }: HttpServerOptions): void {
  server.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '')
    if (typeof payload !== 'string' || !/json|text\/plain/.test(type)) return payload
    return hide(payload, request.routeOptions.url ?? '')
  })
}

function guardRequests(server: FastifyInstance, guard: RequestGuard, login: LoginOptions): void {
  server.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request.url)
    void reply.headers(SECURITY_HEADERS)
    const { host, origin } = request.headers
    // a proxy might go by the other one
    const isOne = request.raw.headersDistinct.host?.length === 1
    const isOwn =
      isOne && (PROBES.has(path) ? guard.isProbeHost(host) || hasToken(request) : guard.isOwnHost(host))
    if (!isOwn || !guard.isOwnOrigin(origin, host)) return reply.code(403).send(FOREIGN)
    // the router decodes and normalises paths, so the matched route decides, not only the path as
    // sent
    const route = request.routeOptions.url ?? path
    const isApi = route.startsWith('/api') || path.startsWith('/api')
    if (!isApi) return undefined
    const session = sessionOf(request, login)
    if (!session) return reply.code(401).send(NO_SESSION)
    // streams are GET; what ends a session still has to be answered
    if (request.method === 'GET')
      reply.raw.once(
        'close',
        login.sessions.whenEnded(session, () => reply.raw.destroy()),
      )
    return undefined
  })
}

/**
 * Monitoring knows the assistant by the name of a container or a service. A page whose name was
 * rebound to this address has no token.
 */
function hasToken({ headers }: FastifyRequest): boolean {
  return /^Bearer /i.test(headers.authorization ?? '')
}

function before(handler: RequestHandler, webhook: NonNullable<HttpServerOptions['webhook']>): RequestHandler {
  return (request, response) => {
    const isWebhook = request.method === 'POST' && pathOf(request.url ?? '') === webhook.path
    if (isWebhook) webhook.handler(request, response)
    else handler(request, response)
  }
}
