import type { FastifyReply, FastifyRequest } from 'fastify'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Keeps web pages out: one on another site could otherwise drive the emulator through the browser of
 * whoever runs it. A page's request carries its Origin, and after DNS rebinding a Host of its own.
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
