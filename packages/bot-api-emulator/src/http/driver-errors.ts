import type { FastifyReply, FastifyRequest } from 'fastify'
import { DriverError } from '../driver-error.ts'

/** Sends errors of the driver's routes as `{ error: { code, message } }`. */
export function handleDriverError(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof DriverError) return send(reply, error.status, error.code, error.message)
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 413) return send(reply, 400, 'file-too-big', 'A file may have up to 50 MB.')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return send(reply, statusCode, 'request-invalid', message ?? 'The request is invalid.')
  }
  reply.log.error({ err: error }, 'the chat driver failed')
  return send(reply, 500, 'internal', 'The emulator failed; its log tells why.')
}

function send(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } })
}
