import send from '@fastify/send'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface SendFileOptions {
  /** The folder whose files may be sent; none outside of it is. */
  readonly root: string
  /** The file's address within the folder, still URL-encoded. */
  readonly path: string
  /** Its name changes with its content, so browsers keep it for a year. */
  readonly isImmutable?: boolean
}

/** Answers with a file, or with 404. Handles ranges, conditional requests and media types. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { root, path, isImmutable = false }: SendFileOptions,
): Promise<FastifyReply> {
  const found = await send(request.raw, path, {
    root,
    index: false,
    dotfiles: 'deny',
    ...(isImmutable ? { immutable: true, maxAge: '365d' } : { cacheControl: false }),
  })
  if (found.type !== 'file') {
    // otherwise its body would stay open
    found.stream.destroy()
    reply.callNotFound()
    return reply
  }
  return reply.code(found.statusCode).headers(found.headers).send(found.stream)
}
