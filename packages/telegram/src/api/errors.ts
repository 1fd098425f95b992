import { proxyFailure } from '@pluggram/base'
import { DeliveryError } from '@pluggram/sdk'
import type { UndeliveredNotice } from '@pluggram/sdk/runtime'
import { GrammyError, HttpError } from 'grammy'
import { findRefusal } from './refusals.ts'
import type { RefusalRow } from './refusals.ts'

/** How a call failed. `unreachable` also covers answers that are not the Bot API's. */
export type TelegramFailure = 'refused' | 'unreachable' | 'timeout' | 'cancelled'

/** The details of a failure that callers base decisions on (Bot API: ResponseParameters). */
export interface TelegramErrorDetails {
  readonly method: string
  readonly failure: TelegramFailure
  /** Telegram's `error_code`, for refusals. */
  readonly errorCode?: number
  /** Telegram's description, for refusals. */
  readonly description?: string
  readonly retryAfterSeconds?: number
  readonly migrateToChatId?: number
  /** True when the request was sent but its answer was lost: Telegram may have acted on it. */
  readonly isAmbiguous?: boolean
  /** False when the call must not be retried, although it could be. */
  readonly mayRepeat?: boolean
}

/**
 * A Bot API call that failed. It has no cause: when inspected, grammY's and the network's errors
 * show the payload and the request's address, which contains the token.
 */
export class TelegramError extends DeliveryError {
  readonly method: string
  /** What is known of the refusal. */
  readonly refusal: RefusalRow | undefined
  /** What people are told when the message cannot be sent in any way. */
  readonly notice: UndeliveredNotice | undefined
  readonly failure: TelegramFailure
  readonly errorCode: number | undefined
  readonly description: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly migrateToChatId: number | undefined

  constructor(message: string, details: TelegramErrorDetails) {
    const refusal = findRefusal(details.errorCode, details.description)
    super(refusal?.meaning === 'gone' ? 'delivery-blocked' : 'delivery-failed', message, {
      isRetryable: details.mayRepeat !== false && isWorthRetrying(details),
      isAmbiguous: details.isAmbiguous ?? false,
    })
    this.method = details.method
    this.refusal = refusal
    this.notice = toNotice(refusal)
    this.failure = details.failure
    this.errorCode = details.errorCode
    this.description = details.description
    this.retryAfterSeconds = details.retryAfterSeconds
    this.migrateToChatId = details.migrateToChatId
  }
}

function toNotice(refusal: RefusalRow | undefined): UndeliveredNotice | undefined {
  if (refusal?.notice === undefined) return undefined
  return { text: refusal.notice, to: refusal.meaning === 'closed' ? 'person' : 'chat' }
}

function isWorthRetrying({ failure, errorCode = 0 }: TelegramErrorDetails): boolean {
  if (failure === 'refused') return errorCode === 429 || errorCode >= 500
  return failure !== 'cancelled'
}

/** The part of a Bot API answer that says why a call was refused. */
export interface Refusal {
  readonly error_code: number
  readonly description: string
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number } | undefined
}

/** Creates the error of a call that Telegram answered with `ok: false`. */
export function refusalError(method: string, refusal: Refusal, token: string): TelegramError {
  const errorCode = Number(refusal.error_code) || 0
  const description = redactToken(String(refusal.description), token)
  const { retry_after: retryAfterSeconds, migrate_to_chat_id: migrateToChatId } = refusal.parameters ?? {}
  return new TelegramError(refusalMessage(method, errorCode, description), {
    method,
    failure: 'refused',
    errorCode,
    description,
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    ...(typeof migrateToChatId === 'number' && { migrateToChatId }),
  })
}

/**
 * Whether a refusal means the bot's token. Telegram answers 404 to a token that no bot has; a
 * server between may answer the same to one method.
 */
export function meansToken({ errorCode, description }: TelegramError): 'yes' | 'maybe' | 'no' {
  if (errorCode === 401) return 'yes'
  return errorCode === 404 && description === 'Not Found' ? 'maybe' : 'no'
}

function refusalMessage(method: string, errorCode: number, description: string): string {
  const base = `Telegram refused ${method} (${errorCode}: ${description})`
  if (errorCode === 401 || (errorCode === 404 && description === 'Not Found')) {
    return `${base}. Check TELEGRAM_BOT_TOKEN: @BotFather shows the bot's current token`
  }
  return base
}

/** What is known about a call without a usable answer. */
export interface LostCall {
  readonly wasSent: boolean
  readonly timedOut?: boolean
  /** What the network threw; only its code is kept. */
  readonly error?: unknown
}

/** Creates the error of a call without a usable answer. */
export function transportError(method: string, { wasSent, timedOut, error }: LostCall): TelegramError {
  if (timedOut === true) {
    return new TelegramError(`Telegram did not answer ${method} in time`, {
      method,
      failure: 'timeout',
      isAmbiguous: wasSent,
    })
  }
  const code = networkErrorCode(error)
  const proxy = proxyFailure(error)
  const reason = proxy ?? code ?? 'the connection broke, or what answered is no Bot API'
  return new TelegramError(`Telegram cannot be reached for ${method} (${reason})`, {
    method,
    failure: 'unreachable',
    isAmbiguous: wasSent,
  })
}

/** Creates the error of a call that its caller cancelled. */
export function cancelledError(method: string, { wasSent }: Pick<LostCall, 'wasSent'>): TelegramError {
  return new TelegramError(`${method} was cancelled before Telegram answered`, {
    method,
    failure: 'cancelled',
    isAmbiguous: wasSent,
  })
}

/** The same failure, marked as not to be retried, for a message that may not be sent twice. */
export function finalLoss(failure: TelegramError): TelegramError {
  const { method, failure: kind } = failure
  return new TelegramError(`${failure.message}; it may have arrived, so by its policy it is not sent again`, {
    method,
    failure: kind,
    isAmbiguous: true,
    mayRepeat: false,
  })
}

/** Turns anything a Bot API call threw into a `TelegramError` without secrets. */
export function toTelegramError(error: unknown, method: string, token = ''): TelegramError {
  if (error instanceof TelegramError) return error
  if (error instanceof GrammyError) return refusalError(method, error, token)
  if (error instanceof HttpError) return transportError(method, { error, wasSent: !failedToConnect(error) })
  // Not a network error: grammY could not serialize the request, for example because of a BigInt.
  const kind = error instanceof Error ? error.name : typeof error
  return new TelegramError(`${method} could not be made into a request (${kind})`, {
    method,
    failure: 'refused',
  })
}

/**
 * A code such as `ECONNREFUSED`, from an error or the errors it wraps. Messages are not used: they
 * show addresses.
 */
function networkErrorCode(error: unknown): string | undefined {
  let current: unknown = error
  for (let depth = 0; depth < 4 && typeof current === 'object' && current !== null; depth++) {
    if ('code' in current && typeof current.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(current.code)) {
      return current.code
    }
    if (current instanceof HttpError) current = current.error
    else current = 'cause' in current ? current.cause : undefined
  }
  return undefined
}

const CONNECT_CODES =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT\w*|CERT_\w+|ERR_TLS\w*)$/

function failedToConnect(error: unknown): boolean {
  return CONNECT_CODES.test(networkErrorCode(error) ?? '')
}

function redactToken(text: string, token: string): string {
  return token === '' ? text : text.replaceAll(token, '<token>')
}
