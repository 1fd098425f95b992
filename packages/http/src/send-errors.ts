import type { FastifyInstance } from 'fastify'
import { isPluggramError, z } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

/** The shape of every refusal over HTTP. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string }
}

export interface SendErrorsOptions {
  readonly logger: Logger
  /** What is said about an address that has no route. */
  notFound(method: string, path: string): string
  /** Says what our own code refused. Only for a server that nobody but the owner can ask. */
  readonly isForOwner?: boolean
}

/**
 * Makes a server answer with `{ error: { code, message } }` whatever goes wrong, and never with a
 * stack.
 */
export function sendErrors(server: FastifyInstance, options: SendErrorsOptions): void {
  const { logger, notFound, isForOwner = false } = options
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody('not-found', notFound(request.method, pathOf(request.url)))),
  )
  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    if (isForOwner && isPluggramError(error))
      return reply.code(400).send(errorBody(error.code, error.message))
    if (error instanceof z.ZodError)
      return reply.code(400).send(errorBody('request-invalid', z.prettifyError(error)))
    const status = error.statusCode ?? 500
    if (status >= 500) logger.error('request failed', { path: pathOf(request.url), err: error })
    const message = status >= 500 ? 'The assistant failed to answer; the log says why.' : error.message
    return reply
      .code(status)
      .send(errorBody(error.code?.toLowerCase().replaceAll('_', '-') ?? 'failed', message))
  })
}

export function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } }
}

/** The path of a request's URL, without the query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
