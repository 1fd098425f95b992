import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from '@pluggram/http'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

export const WEBHOOK_PATH = '/telegram/webhook'
/** Telegram's updates are small; a message's text is at most 4,096 characters. */
const BODY_LIMIT_BYTES = 1_048_576
const RETRY_AFTER_SECONDS = 5
const JSON_TYPE = 'application/json; charset=utf-8'
/** Telegram reads a body only when a method is called in it (Bot API: Making requests when getting updates); none is one write less. */
const TAKEN_HEADERS = { 'content-length': 0 }

/** What the handler needs of the Telegram gateway. */
export interface WebhookReceiver {
  checkSecret(header: string | string[] | undefined): boolean
  /** False while the assistant starts or has more to do than it can hold. */
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
/** The rest of it is not waited for. */
const TOO_LARGE: Refusal = {
  status: 413,
  code: 'too-large',
  message: 'An update is at most 1 MiB.',
  headers: { connection: 'close' },
}
const NO_JSON: Refusal = { status: 400, code: 'broken-json', message: 'The body is no JSON.' }
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
 * `POST /telegram/webhook`: the secret is checked before the body is read; then only JSON up to 1 MiB is taken.
 * 503 and 500 ask Telegram to come back, which it does (Bot API: setWebhook).
 *
 * It stands before the web framework: this is the one address that is asked thousands of times a second, and the
 * framework's hooks and parsers took as long as all the rest of taking an update.
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
  // a key that poisons what is copied from it; no update has it, and in a text its quotes are escaped
  if (body.includes('"__proto__"') && /"__proto__"\s*:/.test(body)) return { refusal: NO_UPDATE }
  try {
    const value: unknown = JSON.parse(body)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { value } : { refusal: NO_UPDATE }
  } catch {
    return { refusal: NO_JSON }
  }
}

/** What is left of the body is thrown away by Node: a connection cut beneath it could lose the answer. */
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
