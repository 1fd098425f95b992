import type { ProxyAddress } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import { Api, InputFile } from 'grammy'
import type { ApiCallFn, RawApi, Transformer } from 'grammy'
import { cancelledError, meansToken, refusalError, toTelegramError, transportError } from './errors.ts'
import { createJsonCaller, MAX_ANSWER_BYTES } from './json-call.ts'
import type { JsonCaller } from './json-call.ts'
import { createFileFetch, createUploadAgent } from './proxied-agent.ts'

export interface TelegramApiOptions {
  readonly token: string
  /** The address of the Bot API server. Default `https://api.telegram.org`. */
  readonly apiRoot?: string
  /** The proxy to the server, asked for each connection. Default: none. */
  proxy?(): ProxyAddress | undefined
  /** Aborting it cancels every call and closes idle connections. */
  readonly signal?: AbortSignal
  /** The timeout of an ordinary call, in seconds. Default 30; uploads get ten times as long. */
  readonly timeoutSeconds?: number
  /**
   * Hides secrets in everything that is sent; returns the same object when there is nothing to hide.
   * Default: hides nothing.
   */
  readonly hide?: <Value>(payload: Value) => Value
  /** Called with the outcome of every call, for statistics. It must not throw. */
  readonly onCall?: (method: string, outcome: ApiOutcome, seconds: number) => void
}

/** `flood`: Telegram answered 429; `failed`: no answer, or one that is not the Bot API's. */
type ApiOutcome = 'ok' | 'refused' | 'flood' | 'failed'

const DEFAULT_API_ROOT = 'https://api.telegram.org'

/**
 * grammY's `Api`, with a shortcut for the sender: grammY's layers cost as much as the call itself.
 */
export interface TelegramApi extends Api {
  /**
   * Calls a method without uploads and returns its unvalidated result.
   * @throws TelegramError (as a rejection), like every other call
   */
  call(method: string, payload: object, signal: AbortSignal): Promise<unknown>
  /**
   * Uses another token of the same bot from now on. Calls under way that Telegram refuses because of
   * the old one are made again: a refused call had no effect.
   * @throws PluggramError `config-invalid` when the token is malformed
   */
  renewToken(token: string): void
  /** Requests a file's address. */
  readonly fetch: typeof globalThis.fetch
}

/**
 * Creates grammY's `Api`. Our own JSON caller makes the calls, since it is several times as fast as
 * grammY's client; only uploads use that client. Every error is a `TelegramError`, because raw
 * errors show the token.
 * @throws PluggramError `config-invalid` when the token or the address is malformed
 */
export function createTelegramApi(options: TelegramApiOptions): TelegramApi {
  const { signal, timeoutSeconds = 30 } = options
  let token = checkToken(options.token)
  const apiRoot = checkApiRoot(options.apiRoot ?? DEFAULT_API_ROOT)
  const proxy = options.proxy ?? (() => undefined)
  const agent = createUploadAgent(apiRoot, proxy)
  const caller = createJsonCaller({ apiRoot, token, proxy })
  signal?.addEventListener(
    'abort',
    () => {
      caller.close()
      agent.destroy()
    },
    { once: true },
  )

  const api = new Api(token, {
    apiRoot,
    buildUrl: (root, _first, method) => `${root}/bot${token}/${method}`,
    // The transformer enforces the real timeouts; grammY's own only has to be longer.
    timeoutSeconds: timeoutSeconds * 20,
    // node-fetch's options; grammY types them as those of the platform's fetch.
    baseFetchConfig: { agent, redirect: 'error', size: MAX_ANSWER_BYTES, compress: true } as object,
  })
  const calls = makeCalls({ ...options, timeoutSeconds, caller, currentToken: () => token })
  api.config.use(calls.transform)
  // Accidentally logging the client must not print the token.
  Object.defineProperty(api, 'token', { get: () => token, enumerable: false })
  return Object.assign(api, {
    fetch: createFileFetch(proxy, signal),
    renewToken(next: string): void {
      token = checkToken(next)
      caller.renewToken(token)
    },
    call: (...call: Parameters<TelegramApi['call']>): Promise<unknown> => calls.perform(...call, resultOf),
  })
}

interface CallOptions extends Omit<TelegramApiOptions, 'token'> {
  readonly currentToken: () => string
  readonly timeoutSeconds: number
  readonly caller: JsonCaller
}

interface Success {
  readonly ok: true
  readonly result: unknown
}

interface Calls {
  /** Makes every call that goes through grammY. */
  readonly transform: Transformer
  /** Makes a call without uploads; resolves with what `pick` returns for the answer. */
  perform<T>(
    method: string,
    payload: object,
    signal: AbortSignal | undefined,
    pick: (answer: Success) => T,
  ): Promise<T>
}

/**
 * Makes every call within its timeout, reports its outcome and turns every failure into a
 * `TelegramError`.
 */
function makeCalls(options: CallOptions): Calls {
  const { currentToken, timeoutSeconds, caller, onCall, hide } = options
  return {
    perform: (method, payload, signal, pick) =>
      performHidden(method, hidden(method, payload, hide), signal, pick),
    transform: (previous, method, given, signal) => {
      const payload = hidden(method, given, hide)
      const outer = signal as AbortSignal | undefined
      const answer = carriesUpload(method, payload)
        ? judged(method, () => withinLimit(previous, method, payload, outer), whole)
        : performHidden(method, payload, outer, whole)
      return answer as unknown as ReturnType<typeof previous>
    },
  }

  function performHidden<T>(
    method: string,
    payload: object,
    signal: AbortSignal | undefined,
    pick: (answer: Success) => T,
  ): Promise<T> {
    const limitMilliseconds = limitOf(method, payload, timeoutSeconds) * 1000
    const make = (): Promise<unknown> =>
      toJson(method, payload, (body) => caller.call({ method, body, limitMilliseconds, signal }))
    return judged(method, make, pick)
  }

  function judged<T>(method: string, make: () => Promise<unknown>, pick: (answer: Success) => T): Promise<T> {
    const token = currentToken()
    const startedAt = performance.now()
    const tell = (outcome: ApiOutcome): void =>
      onCall?.(method, outcome, (performance.now() - startedAt) / 1_000)
    return make().then(
      (answer): T | Promise<T> => {
        if (isSuccess(answer)) {
          tell('ok')
          return pick(answer)
        }
        if (isRefusal(answer)) {
          tell(answer.error_code === 429 ? 'flood' : 'refused')
          const refusal = refusalError(method, answer, token)
          if (token !== currentToken() && meansToken(refusal) !== 'no') return judged(method, make, pick)
          throw refusal
        }
        tell('failed')
        throw transportError(method, { wasSent: true })
      },
      (error: unknown) => {
        tell('failed')
        throw error
      },
    )
  }

  async function withinLimit(
    previous: Parameters<Transformer>[0],
    method: Parameters<Transformer>[1],
    payload: Parameters<Transformer>[2],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const timeout = AbortSignal.timeout(limitOf(method, payload, timeoutSeconds) * 1000)
    const outer = [options.signal, signal].filter((one) => one !== undefined)
    try {
      return await previous(method, payload, toGrammySignal(AbortSignal.any([timeout, ...outer])))
    } catch (error) {
      if (outer.some((one) => one.aborted)) throw cancelledError(method, { wasSent: true })
      if (timeout.aborted) throw transportError(method, { timedOut: true, wasSent: true })
      throw toTelegramError(error, method, currentToken())
    }
  }
}

/** Its address and its own secret go to Telegram alone. */
const SECRET_BY_NATURE = 'setWebhook'
/** Texts, and the members that count their characters. */
const COUNTED = { text: 'entities', caption: 'caption_entities', explanation: 'explanation_entities' }

/** The last line of defence: whoever made the call, no secret of the configuration leaves with it. */
function hidden<Payload extends object>(
  method: string,
  payload: Payload,
  hide: TelegramApiOptions['hide'],
): Payload {
  if (!hide || method === SECRET_BY_NATURE) return payload
  const clean: Payload = hide(payload)
  if (clean === payload) return payload
  // positions no longer match a text that was changed
  const stale = new Set(
    Object.entries(COUNTED)
      .filter(([text]) => Reflect.get(clean, text) !== Reflect.get(payload, text))
      .map(([, entities]) => entities),
  )
  const kept = Object.entries(clean).filter(([name]) => !stale.has(name))
  return Object.fromEntries(kept) as Payload
}

const whole = (answer: Success): Success => answer
const resultOf = ({ result }: Success): unknown => result

/** A long poll gets its own timeout plus a grace period; uploads need time to transfer. */
function limitOf(method: string, payload: unknown, timeoutSeconds: number): number {
  if (method === 'getUpdates') {
    const held = (payload as { timeout?: number } | undefined)?.timeout ?? 0
    return held + Math.min(POLL_GRACE_SECONDS, timeoutSeconds)
  }
  return UPLOAD_METHODS.has(method) ? timeoutSeconds * 10 : timeoutSeconds
}

/** How long after its own timeout a long poll counts as hung. */
const POLL_GRACE_SECONDS = 15
const UPLOAD_METHODS = new Set(['sendPhoto', 'sendDocument', 'sendVoice', 'sendAudio', 'sendVideo'])

function carriesUpload(method: string, payload: object): boolean {
  return UPLOAD_METHODS.has(method) && Object.values(payload).some((value) => value instanceof InputFile)
}

function toJson<T>(method: string, payload: unknown, send: (body: string) => Promise<T>): Promise<T> {
  let body: string
  try {
    body = JSON.stringify(payload)
  } catch (error) {
    return Promise.reject(toTelegramError(error, method))
  }
  return send(body)
}

// A proxy may have answered, so its JSON is checked first.
function isSuccess(answer: unknown): answer is Success {
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

/**
 * grammY uses the signal type of the abort-controller package; Node's own signals work as well.
 */
export function toGrammySignal(signal: AbortSignal): GrammySignal {
  return signal as unknown as GrammySignal
}

function checkToken(token: string): string {
  if (/^[\w:-]+$/.test(token)) return token
  throw new PluggramError(
    'config-invalid',
    'TELEGRAM_BOT_TOKEN is no bot token: copy it whole from @BotFather, like 123456:ABC-DEF',
  )
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
