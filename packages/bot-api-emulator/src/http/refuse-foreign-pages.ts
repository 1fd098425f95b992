import type { FastifyReply, FastifyRequest } from 'fastify'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Refuses requests from web pages. Otherwise another site could control the emulator through the
 * user's browser. A page's request has its Origin and, after DNS rebinding, a foreign Host.
 */
export async function refuseForeignPages(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host, origin } = request.headers
  const hostName = URL.parse(`http://${host ?? ''}`)?.hostname ?? ''
  if (!LOOPBACK.test(hostName)) {
    await reply.code(403).send(refusal('The Host header must name this machine, such as 127.0.0.1.'))
  } else if (origin !== undefined && URL.parse(origin)?.host !== host) {
    await reply.code(403).send(refusal('Pages of other sites may not use the emulator.'))
  }
}

function refusal(message: string): object {
  return { error: { code: 'forbidden', message } }
}
