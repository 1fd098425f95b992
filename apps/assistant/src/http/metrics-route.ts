import { isIP } from 'node:net'
import type { PasswordCheck } from '@pluggram/http'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface MetricsRouteOptions {
  /** The text and its type. */
  render(): Promise<{ readonly text: string; readonly type: string }>
  hasSession(request: FastifyRequest): boolean
  /** Checks the owner's password; absent when there is none. */
  readonly checkPassword?: PasswordCheck
}

/**
 * `GET /metrics` in the text format of Prometheus. Answers requests from this machine, with a
 * session, or with the owner's password by HTTP Basic, as Prometheus sends it.
 */
export function registerMetricsRoute(server: FastifyInstance, options: MetricsRouteOptions): void {
  function knowsPassword(request: FastifyRequest): boolean {
    const given = basicPassword(request.headers.authorization)
    return given !== undefined && options.checkPassword?.(given) === 'right'
  }

  server.get('/metrics', async (request, reply) => {
    if (!isLocal(request) && !options.hasSession(request) && !knowsPassword(request)) {
      return reply
        .code(401)
        .header('www-authenticate', 'Basic realm="Pluggram metrics"')
        .send({
          error: {
            code: 'login-required',
            message:
              "Metrics are for this machine and for the owner: log in, or send the owner's password by HTTP Basic with any user name.",
          },
        })
    }
    const { text, type } = await options.render()
    return reply.type(type).send(text)
  })
}

/** A request that a proxy on this machine forwards is not local; the proxy's headers show it. */
function isLocal({ raw, headers }: FastifyRequest): boolean {
  const address = raw.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  const isLoopback = address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
  return isLoopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined
}

function basicPassword(header: string | undefined): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}
