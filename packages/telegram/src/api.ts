import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { PluggramError } from '@pluggram/sdk'
import { Api } from 'grammy'
import type { ApiCallFn, RawApi, Transformer } from 'grammy'
import { cancelledError, refusalError, toTelegramError, transportError } from './errors.ts'

export interface TelegramApiOptions {
  readonly token: string
  /** Another Bot API server's address. Default `https://api.telegram.org`. */
  readonly apiRoot?: string
  /** Ends every call and closes idle connections when aborted. */
  readonly signal?: AbortSignal
  /** Longest wait for an answer to an ordinary call, in seconds. Default 30; uploads get ten times as long. */
  readonly timeoutSeconds?: number
}

const DEFAULT_API_ROOT = 'https://api.telegram.org'
/** Answers to getUpdates with 100 long messages stay far below. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024

/**
 * Creates grammY's client so that every error that leaves it is a `TelegramError`: raw ones show the token.
 * @throws PluggramError `config-invalid` when the token or the address cannot be one
 */
export function createTelegramApi(options: TelegramApiOptions): Api {
  const { token, signal, timeoutSeconds = 30 } = options
  const apiRoot = checkApiRoot(options.apiRoot ?? DEFAULT_API_ROOT)
  if (!/^[\w:-]+$/.test(token)) {
    throw new PluggramError(
      'config-invalid',
      'TELEGRAM_BOT_TOKEN is no bot token: copy it whole from @BotFather, like 123456:ABC-DEF',
    )
  }
  const agent = apiRoot.startsWith('https:')
    ? new HttpsAgent({ keepAlive: true })
    : new HttpAgent({ keepAlive: true })
  signal?.addEventListener('abort', () => agent.destroy(), { once: true })

  const api = new Api(token, {
    apiRoot,
    // The transformer's limits are the real ones; grammY's own only has to be longer.
    timeoutSeconds: timeoutSeconds * 20,
    // node-fetch's options; grammY types them as those of the platform's fetch.
    baseFetchConfig: { agent, redirect: 'error', size: MAX_ANSWER_BYTES, compress: true } as object,
  })
  api.config.use(guardCalls({ token, timeoutSeconds, ...(signal && { signal }) }))
  // Logging the client by accident must not print the token.
  Object.defineProperty(api, 'token', { value: token, enumerable: false })
  return api
}

/** Gives every call its limit and turns every failure into a `TelegramError`. */
function guardCalls(guard: { token: string; timeoutSeconds: number; signal?: AbortSignal }): Transformer {
  return async (previous, method, payload, signal) => {
    const timeout = AbortSignal.timeout(limitOf(method, payload, guard.timeoutSeconds) * 1000)
    const outer = [guard.signal, signal as AbortSignal | undefined].filter((one) => one !== undefined)
    let answer: Awaited<ReturnType<typeof previous>>
    try {
      answer = await previous(method, payload, toGrammySignal(AbortSignal.any([timeout, ...outer])))
    } catch (error) {
      if (outer.some((one) => one.aborted)) throw cancelledError(method)
      if (timeout.aborted) throw transportError(method, error, { timedOut: true })
      throw toTelegramError(error, method, guard.token)
    }
    if (isRefusal(answer)) throw refusalError(method, answer, guard.token)
    if (!isSuccess(answer)) throw transportError(method, undefined, { timedOut: false })
    return answer
  }
}

/** A held poll waits its own time-out plus a grace; uploads need time for their bytes. */
function limitOf(method: string, payload: unknown, timeoutSeconds: number): number {
  if (method === 'getUpdates') {
    const held = (payload as { timeout?: number } | undefined)?.timeout ?? 0
    return held + POLL_GRACE_SECONDS
  }
  return UPLOAD_METHODS.has(method) ? timeoutSeconds * 10 : timeoutSeconds
}

/** How long after its own time-out a held poll counts as hung. */
const POLL_GRACE_SECONDS = 15
const UPLOAD_METHODS = new Set(['sendPhoto', 'sendDocument', 'sendVoice', 'sendAudio', 'sendVideo'])

// What answers at the address may be a proxy: its JSON is checked before it is believed.
function isSuccess(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true
}

function isRefusal(answer: unknown): answer is { ok: false; error_code: number; description: string } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'ok' in answer &&
    answer.ok === false &&
    'error_code' in answer &&
    typeof answer.error_code === 'number' &&
    'description' in answer
  )
}

type GrammySignal = NonNullable<Parameters<ApiCallFn<RawApi>>[2]>

/** grammY types signals by the abort-controller package; Node's own do the same job. */
export function toGrammySignal(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal
}

function checkApiRoot(apiRoot: string): string {
  const url = URL.parse(apiRoot)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new PluggramError(
      'config-invalid',
      'TELEGRAM_API_ROOT is no http(s) address; leave it out to use https://api.telegram.org',
    )
  }
  return apiRoot.replace(/\/+$/, '')
}
