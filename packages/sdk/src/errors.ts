/** Every code Pluggram throws or reports; docs/reference/errors.md explains each one. Codes are never reused. */
export const ERROR_CODES = [
  'ai-busy',
  'ai-limit',
  'ai-unavailable',
  'ai-refused',
  'ai-too-long',
  'ai-filtered',
  'ai-timeout',
  'ai-misconfigured',
  'cache-limit',
  'config-invalid',
  'config-secret',
  'database-limit',
  'database-query-failed',
  'database-timeout',
  'database-unavailable',
  'delivery-failed',
  'delivery-blocked',
  'delivery-limit',
  'metric-invalid',
  'network-failed',
  'network-limited',
  'network-open',
  'permission-missing',
  'plugin-config-invalid',
  'plugin-crashed',
  'plugin-duplicate',
  'plugin-load-failed',
  'plugin-manifest-invalid',
  'plugin-not-granted',
  'plugin-not-found',
  'plugin-start-failed',
  'plugin-timeout',
  'queue-full',
  'queue-timeout',
  'rate-limited',
  'reply-invalid',
  'schedule-invalid',
  'startup-failed',
  'store-limit',
  'tool-arguments-invalid',
  'tool-not-found',
  'tool-refused',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

const BRAND = Symbol.for('pluggram.error')

export interface ErrorOptions {
  readonly cause?: unknown
  /** True when the same call may succeed later. Default false. */
  readonly isRetryable?: boolean
}

/**
 * The base of all errors Pluggram throws on purpose. The message names the culprit and the next step
 * and holds no secret. Use `isPluggramError` instead of `instanceof`: it also knows errors of another installed copy.
 */
export class PluggramError extends Error {
  readonly code: ErrorCode
  readonly isRetryable: boolean

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.isRetryable = options.isRetryable ?? false
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** Whether `error` is a `PluggramError`, of this or of another installed copy of the sdk. */
export function isPluggramError(error: unknown): error is PluggramError {
  return typeof error === 'object' && error !== null && BRAND in error
}

export interface DeliveryErrorOptions extends ErrorOptions {
  /** True when nobody knows whether the message arrived: it was sent, and the answer was lost. Default false. */
  readonly isAmbiguous?: boolean
}

/** Telegram did not take a message, or a file could not be read. */
export class DeliveryError extends PluggramError {
  readonly isAmbiguous: boolean

  constructor(
    code: 'delivery-failed' | 'delivery-blocked' | 'delivery-limit' | 'reply-invalid',
    message: string,
    options: DeliveryErrorOptions = {},
  ) {
    super(code, message, options)
    this.isAmbiguous = options.isAmbiguous ?? false
  }
}

/** The language model did not answer. */
export class AiError extends PluggramError {
  constructor(
    code:
      | 'ai-unavailable'
      | 'ai-refused'
      | 'ai-too-long'
      | 'ai-filtered'
      | 'ai-timeout'
      | 'ai-misconfigured'
      | 'ai-limit'
      | 'ai-busy',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options)
  }
}

/** The plugin did not declare what it uses. */
export class PermissionError extends PluggramError {
  constructor(message: string) {
    super('permission-missing', message)
  }
}

/** A key or value the store does not take. */
export class StoreError extends PluggramError {
  constructor(message: string) {
    super('store-limit', message)
  }
}

export interface LimitErrorOptions extends ErrorOptions {
  /** When the same may succeed. */
  readonly retryAfterSeconds?: number
}

/** A limit of a service was reached; nothing was done. */
export class LimitError extends PluggramError {
  readonly retryAfterSeconds: number | undefined

  constructor(
    code:
      | 'cache-limit'
      | 'network-limited'
      | 'network-open'
      | 'queue-full'
      | 'queue-timeout'
      | 'rate-limited',
    message: string,
    options: LimitErrorOptions = {},
  ) {
    super(code, message, { isRetryable: true, ...options })
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** A database did not do what it was asked. */
export class DatabaseError extends PluggramError {
  constructor(
    code: 'database-limit' | 'database-query-failed' | 'database-timeout' | 'database-unavailable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options)
  }
}

/** A metric that cannot be registered as it was asked for. */
export class MetricError extends PluggramError {
  constructor(message: string) {
    super('metric-invalid', message)
  }
}

/** A schedule that cannot be kept: its times, name or data are wrong, or there are too many. */
export class ScheduleError extends PluggramError {
  constructor(message: string) {
    super('schedule-invalid', message)
  }
}

/** The message of anything that was thrown, without its stack. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return typeof error === 'string' ? error : 'an unknown error was thrown'
}
