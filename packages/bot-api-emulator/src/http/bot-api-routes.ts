import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BotApiError } from '../bot-api-error.ts'
import type { MethodAnswer } from '../call-method.ts'
import { callMethod } from '../call-method.ts'
import { MAX_UPLOAD_BYTES } from '../options.ts'
import { readRequestParams } from './request-params.ts'
import type { ServerOptions } from './server-options.ts'

const BOT_PREFIX = '/bot'
const FILE_PREFIX = '/file/bot'
const JSON_TYPE = 'application/json'

/** Mounts `/bot<token>/<method>` and `/file/bot<token>/<file_path>`. */
export async function registerBotApi(scope: FastifyInstance, options: ServerOptions): Promise<void> {
  // keep every body as bytes, because Telegram parses them more leniently than a web framework
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  await scope.register(multipart, {
    limits: { fileSize: MAX_UPLOAD_BYTES, files: 20, fields: 200, fieldSize: 4 * 1024 * 1024 },
  })
  scope.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    if (status >= 500) options.logger.warn({ err: error }, 'the emulator failed at a call')
    const description =
      status === 413 ? 'Request Entity Too Large' : status >= 500 ? 'Internal Server Error' : 'Bad Request'
    return reply.code(status).send({ ok: false, error_code: status, description })
  })
  scope.setNotFoundHandler((_request, reply) => sendAnswer(reply, notFound()))
  scope.route({
    method: ['GET', 'POST'],
    url: '/*',
    handler: async (request, reply) => handle(request, reply, options),
  })
}

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ServerOptions,
): Promise<FastifyReply | void> {
  const [path = ''] = request.raw.url?.split('?', 1) ?? []
  if (path.startsWith(FILE_PREFIX)) return sendFile(reply, path, options)
  const slash = path.indexOf('/', BOT_PREFIX.length)
  if (!path.startsWith(BOT_PREFIX) || slash < 0) return sendAnswer(reply, notFound())
  if (decode(path.slice(BOT_PREFIX.length, slash)) !== options.emulation.token)
    return sendAnswer(reply, unauthorized())
  const method = path.slice(slash + 1)

  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  let answer: MethodAnswer
  try {
    const { params, uploads } = await readRequestParams(request)
    answer = await callMethod(options.emulation, options.registry, {
      method,
      params,
      uploads,
      signal: gone.signal,
    })
  } catch (error) {
    if (!(error instanceof BotApiError)) throw error
    answer = errorAnswer(error.code, error.message)
  }
  return sendAnswer(reply, answer)
}

function sendAnswer(reply: FastifyReply, answer: MethodAnswer): FastifyReply | void {
  const { fault } = answer
  if (fault?.kind === 'drop-response' || fault?.kind === 'drop-request') {
    reply.hijack()
    reply.raw.destroy()
    return
  }
  reply.code(answer.status)
  if (fault?.kind === 'server-error') {
    return reply
      .type('text/html')
      .send(`<html><head><title>${answer.status}</title></head><body><h1>${answer.status}</h1></body></html>`)
  }
  if (fault?.kind === 'garbage') return reply.type(JSON_TYPE).send(fault.body ?? '{"ok":tru')
  const parameters = answer.body['parameters'] as { retry_after?: number } | undefined
  if (parameters?.retry_after !== undefined) reply.header('retry-after', parameters.retry_after)
  return reply.type(JSON_TYPE).send(JSON.stringify(answer.body))
}

function sendFile(reply: FastifyReply, path: string, { emulation }: ServerOptions): FastifyReply | void {
  const slash = path.indexOf('/', FILE_PREFIX.length)
  if (slash < 0 || decode(path.slice(FILE_PREFIX.length, slash)) !== emulation.token) {
    return sendAnswer(reply, unauthorized())
  }
  const file = emulation.world.files.byPath(decode(path.slice(slash + 1)))
  if (!file) return sendAnswer(reply, notFound())
  return reply
    .type('application/octet-stream')
    .header('content-disposition', 'attachment')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength))
}

/** Some libraries percent-encode the colon of the token. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return status >= 400 && status < 600 ? status : 500
}

const notFound = (): MethodAnswer => errorAnswer(404, 'Not Found')
const unauthorized = (): MethodAnswer => errorAnswer(401, 'Unauthorized')

function errorAnswer(code: number, description: string): MethodAnswer {
  return { status: code, body: { ok: false, error_code: code, description } }
}
