import { isIP } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import {
  createHttpServer,
  createLoginKey,
  loadSessionKey,
  loginLink,
  LoginLinks,
  mayReadDetails,
  PasswordDoor,
  sessionOf,
  Sessions,
} from '@pluggram/http'
import type { LoginOptions } from '@pluggram/http'
import { createMcpEndpoint } from '@pluggram/mcp'
import type { ToolServerOptions } from '@pluggram/mcp'
import { Failure } from '@pluggram/sdk/runtime'
import type { FailureName } from '@pluggram/sdk/runtime'
import type { Live, LoadedConfiguration } from '@pluggram/config'
import type { AssistantMetrics, Health, RootLogger, SecretMask } from '@pluggram/observability'
import { findConsolePages } from './console-pages.ts'
import { registerMetricsRoute } from './http/metrics-route.ts'
import { registerMcpRoute } from './http/mcp-route.ts'
import { registerPlayground } from './http/playground-routes.ts'
import { createWebhookHandler, WEBHOOK_PATH } from './http/webhook-handler.ts'
import type { Overview } from './overview.ts'
import type { Telegram } from './telegram.ts'

const CHATS = '/api/playground'

export interface WebOptions {
  readonly configuration: LoadedConfiguration
  /** The token with which other programs call tools. Without one, they cannot. */
  readonly mcpToken: Live<string | undefined>
  /** The token with which monitoring reads metrics and health. */
  readonly metricsToken: Live<string | undefined>
  /** The password for the pages. */
  readonly password: Live<string | undefined>
  readonly logger: RootLogger
  readonly mask: SecretMask
  readonly health: Health
  readonly telegram: Telegram
  /** The tools offered to other programs. */
  readonly toolServer: ToolServerOptions
  readonly metrics: AssistantMetrics
  /** What runs, for the page of an assistant on Telegram. */
  overview(): Promise<Overview>
  /** Makes its sender the owner; absent when there is one. */
  pairingCode(): string | undefined
}

export interface Web {
  /** Other parts register their routes on it before it listens. */
  readonly server: FastifyInstance
  /** The address it listens on. */
  readonly url: string
  /** A one-time link that logs the owner in. */
  createLoginLink(): string
  /** The owner's logins in browsers. */
  readonly sessions: Sessions
  /** What other programs need in order to call tools during this run. */
  readonly mcp: { readonly url: string; readonly token: string }
  /** @throws PluggramError `startup-failed` when the address cannot be listened on */
  listen(): Promise<void>
  close(): Promise<void>
}

/**
 * Prepares the pages, health and the webhook.
 * @throws PluggramError `startup-failed` when the address is public and there is no password
 */
export async function createWeb(options: WebOptions): Promise<Web> {
  const { configuration, logger, mask, health, telegram, metrics, password } = options
  const { host, port, allowedHosts, loopbackDetails } = configuration.settings.http
  requireLogin(host, password.now)
  const loginKey = createLoginKey()
  const pages = findConsolePages(logger)
  const login = prepareLogin(options, loginKey)
  const metricsToken = (): string | undefined => options.metricsToken.now
  const details = { login, isLoopbackTrusted: loopbackDetails, metricsToken }
  const server = await createHttpServer({
    ...details,
    allowedHosts: [...allowedHosts, ...webhookHost(configuration)],
    readiness: (maxAgeMs) => readiness(health, maxAgeMs),
    logger,
    // the playground shows chats, in which ordinary words stay
    hide: (text, route) => (route.startsWith(CHATS) ? mask.applyToChat(text) : mask.apply(text)),
    ...(telegram.webhook && {
      webhook: { path: WEBHOOK_PATH, handler: createWebhookHandler(telegram.webhook, logger) },
    }),
  })
  await registerPlayground(server, {
    pages,
    ...(telegram.emulator && { emulator: telegram.emulator }),
    async botPage() {
      const { botPage } = await import('./http/bot-page.ts')
      return botPage({ overview: await options.overview(), pairingCode: options.pairingCode() })
    },
    mayRead: (request) => sessionOf(request, login) !== undefined,
    offMessage: () => {
      const name = telegram.bot()?.username
      return `Write to ${name ? `@${name}` : 'your bot'} there: this page is for homes without a bot token.`
    },
  })
  // valid for this run; "pluggram mcp" gets it through the door
  const ownToken = createLoginKey()
  mask.add([ownToken])
  const endpoint = createMcpEndpoint(options.toolServer)
  registerMcpRoute(server, {
    endpoint,
    tokens: () => [ownToken, options.mcpToken.now].filter((token) => token !== undefined),
  })
  registerMetricsRoute(server, {
    render: async () => ({ text: await metrics.registry.metrics(), type: metrics.registry.contentType }),
    mayRead: (request) => mayReadDetails(request, details),
  })
  const findUrl = (): string => {
    const address = server.server.address()
    const boundPort = typeof address === 'object' && address ? address.port : port
    return `http://${linkHost(host)}:${boundPort}`
  }
  return {
    server,
    get url() {
      return findUrl()
    },
    sessions: login.sessions,
    createLoginLink: () => loginLink(findUrl(), loginKey),
    get mcp() {
      return { url: findUrl(), token: ownToken }
    },
    listen: () => listen(() => server.listen({ host, port }), host, port),
    async close() {
      pages.close()
      await endpoint.close()
      await server.close()
    },
  }
}

function prepareLogin({ configuration, logger, mask, password }: WebOptions, loginKey: string): LoginOptions {
  const data = join(configuration.home, 'data')
  const sessionKey = loadSessionKey(data)
  mask.add([loginKey, sessionKey])
  const sessions = new Sessions({
    file: join(data, 'sessions.json'),
    key: sessionKey,
    password: password.now,
    logger,
  })
  password.onChange((now) => sessions.changePassword(now))
  return {
    links: new LoginLinks(loginKey),
    sessions,
    deviceKey: sessionKey,
    // cookies ignore ports: without this, two assistants on one machine would log each other out
    cookieName: `pluggram_session_${configuration.settings.http.port}`,
    passwordDoor: new PasswordDoor(() => password.now),
  }
}

async function readiness(
  health: WebOptions['health'],
  maxAgeMs: number,
): Promise<{ isReady: boolean; report: { status: string } }> {
  const report = await health.report(maxAgeMs)
  return { isReady: report.status === 'ready', report: { ...report } }
}

function requireLogin(host: string, password: string | undefined): void {
  if (isLoopback(host) || password !== undefined) return
  throw new Failure('password-missing', { subject: host })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** A host that a browser on this machine can open; "all addresses" is not one. */
function linkHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return isIP(host) === 6 ? `[${host}]` : host
}

/** The webhook's host name. It is trusted because the owner configured it. */
function webhookHost({ settings }: LoadedConfiguration): string[] {
  const { url } = settings.telegram.webhook
  return url === undefined ? [] : [new URL(url).hostname]
}

async function listen(start: () => Promise<unknown>, host: string, port: number): Promise<void> {
  try {
    await start()
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const name = NOT_LISTENING[code]
    if (name === undefined) throw error
    throw new Failure(name, { subject: name.startsWith('port') ? port : host, cause: error })
  }
}

const NOT_LISTENING: Readonly<Record<string, FailureName>> = {
  EADDRINUSE: 'port-taken',
  EACCES: 'port-forbidden',
  EADDRNOTAVAIL: 'host-unknown',
  ENOTFOUND: 'host-unknown',
  EAI_AGAIN: 'host-unknown',
}
