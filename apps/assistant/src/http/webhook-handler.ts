import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from '@pluggram/http'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

export const WEBHOOK_PATH = '/telegram/webhook'
/** Telegram's updates are small; a message's text is at most 4,096 characters. */
const BODY_LIMIT_BYTES = 1_048_576
const RETRY_AFTER_SECONDS = 5
const JSON_TYPE = 'application/json; charset=utf-8'
/**
 * Telegram reads the body of an answer only when it calls a method (Bot API: Making requests when
 * getting updates). An empty one saves a write.
 */
const TAKEN_HEADERS = { 'content-length': 0 }

/** What the handler needs from the source of updates. */
export interface WebhookReceiver {
  checkSecret(header: string | string[] | undefined): boolean
  /** False while the assistant starts, or when its inbox is full. */
  isAccepting(): boolean
  accept(update: unknown): Promise<unknown>
}

interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

const SECRET_MISSING: Refusal = {
  status: 401,
  code: 'secret-missing',
  message: 'The secret token is missing.',
}
const SECRET_WRONG: Refusal = { status: 403, code: 'secret-wrong', message: 'The secret token is wrong.' }
const BUSY: Refusal = {
  status: 503,
  code: 'busy',
  message: 'The assistant is starting or busy; try again.',
  headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
}
const WRONG_TYPE: Refusal = { status: 415, code: 'wrong-type', message: 'The body must be application/json.' }
/** Sent before the rest of the body has arrived. */
const TOO_LARGE: Refusal = {
  status: 413,
  code: 'too-large',
  message: 'An update is at most 1 MiB.',
  headers: { connection: 'close' },
}
const NO_JSON: Refusal = { status: 400, code: 'broken-json', message: 'The body is not JSON.' }
const NO_UPDATE: Refusal = {
  status: 400,
  code: 'not-an-update',
  message: 'The body must be a JSON object: a Telegram update.',
}
const FAILED: Refusal = {
  status: 500,
  code: 'failed',
  message: 'The update was not taken; the log says why. Deliver it again.',
}

/**
 * `POST /telegram/webhook`: checks the secret before it reads the body, and accepts only JSON up to
 * 1 MiB. After 503 and 500 Telegram delivers the update again (Bot API: setWebhook).
 *
 * It runs before the web framework, because this address gets thousands of requests a second. The
 * framework's hooks and parsers took as long as everything else needed to accept an update.
 */
export function createWebhookHandler(receiver: WebhookReceiver, logger: Logger): RequestHandler {
  function take(body: string, response: ServerResponse): void {
    const update = parseObject(body)
    if ('refusal' in update) return refuse(response, update.refusal)
    receiver.accept(update.value).then(
      () => void response.writeHead(200, TAKEN_HEADERS).end(),
      (error: unknown) => {
        logger.error('an update was not taken', { error: errorMessage(error), err: error })
        refuse(response, FAILED)
      },
    )
  }

  return (request, response) => {
    const refusal = checkHead(request, receiver)
    if (refusal) return refuse(response, refusal)
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= BODY_LIMIT_BYTES) chunks.push(chunk)
      else if (!response.headersSent) refuse(response, TOO_LARGE)
    })
    request.on('end', () => {
      if (response.headersSent) return
      const [first] = chunks
      const body = first && chunks.length === 1 ? first : Buffer.concat(chunks)
      take(body.toString('utf8'), response)
    })
  }
}

function checkHead({ headers }: IncomingMessage, receiver: WebhookReceiver): Refusal | undefined {
  const secret = headers['x-telegram-bot-api-secret-token']
  if (secret === undefined) return SECRET_MISSING
  if (!receiver.checkSecret(secret)) return SECRET_WRONG
  if (!receiver.isAccepting()) return BUSY
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) return WRONG_TYPE
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) return TOO_LARGE
  return undefined
}

function parseObject(body: string): { readonly value: object } | { readonly refusal: Refusal } {
  // this key would pollute the prototype of copies; no update has it, and in a message's text its
  // quotes are escaped
  if (body.includes('"__proto__"') && /"__proto__"\s*:/.test(body)) return { refusal: NO_UPDATE }
  try {
    const value: unknown = JSON.parse(body)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { value } : { refusal: NO_UPDATE }
  } catch {
    return { refusal: NO_JSON }
  }
}

/** Node discards the rest of the body. Closing the connection at once could lose the answer. */
function refuse(response: ServerResponse, { status, code, message, headers }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } })
  response
    .writeHead(status, {
      'content-type': JSON_TYPE,
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body)
}
