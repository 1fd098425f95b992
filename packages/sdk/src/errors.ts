import { ERRORS, isRetryableByDefault } from './error-table.ts'
import type { CodeOf, ErrorClass, ErrorCode } from './error-table.ts'

const BRAND = Symbol.for('pluggram.error')

export interface ErrorOptions {
  readonly cause?: unknown
  /** True when the same call may succeed later. Default: the code's value in the error table. */
  readonly isRetryable?: boolean
}

/**
 * The base class of all errors Pluggram throws on purpose. The message names the cause and the next
 * step, and contains no secrets. Use `isPluggramError` instead of `instanceof`: it also recognises
 * errors of another installed copy of the sdk.
 */
export class PluggramError extends Error {
  readonly code: ErrorCode
  readonly isRetryable: boolean

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.isRetryable = options.isRetryable ?? isRetryableByDefault(code)
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** Whether `error` is a `PluggramError`, of this or of another installed copy of the sdk. */
export function isPluggramError(error: unknown): error is PluggramError {
  return typeof error === 'object' && error !== null && BRAND in error
}

export interface DeliveryErrorOptions extends ErrorOptions {
  /**
   * True when the response to the request was lost, so it is unknown whether the message arrived.
   * Default false.
   */
  readonly isAmbiguous?: boolean
}

/** Telegram did not accept a message, or a file could not be read. */
export class DeliveryError extends PluggramError {
  readonly isAmbiguous: boolean

  constructor(code: CodeOf<'DeliveryError'>, message: string, options: DeliveryErrorOptions = {}) {
    super(code, message, options)
    this.isAmbiguous = options.isAmbiguous ?? false
  }
}

/** The language model did not answer. */
export class AiError extends PluggramError {
  constructor(code: CodeOf<'AiError'>, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}

/** The plugin uses something that its manifest does not declare. */
export class PermissionError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('permission-missing', message, options)
  }
}

/** The store rejected a key or value. */
export class StoreError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-limit', message, options)
  }
}

export interface LimitErrorOptions extends ErrorOptions {
  /** How long to wait before the same call may succeed. */
  readonly retryAfterSeconds?: number
}

/** A service's limit was reached; the call had no effect. */
export class LimitError extends PluggramError {
  readonly retryAfterSeconds: number | undefined

  constructor(code: CodeOf<'LimitError'>, message: string, options: LimitErrorOptions = {}) {
    super(code, message, options)
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** A database call failed. */
export class DatabaseError extends PluggramError {
  constructor(code: CodeOf<'DatabaseError'>, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}

/** A metric could not be registered with these options. */
export class MetricError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('metric-invalid', message, options)
  }
}

/** A schedule is invalid (its times, name or data), or there are too many schedules. */
export class ScheduleError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('schedule-invalid', message, options)
  }
}

/** The options of all error classes together. */
export type AnyErrorOptions = DeliveryErrorOptions & LimitErrorOptions

const FACTORIES: {
  readonly [Class in ErrorClass]: (
    code: CodeOf<Class>,
    message: string,
    options: AnyErrorOptions,
  ) => PluggramError
} = {
  AiError: (code, message, options) => new AiError(code, message, options),
  DatabaseError: (code, message, options) => new DatabaseError(code, message, options),
  DeliveryError: (code, message, options) => new DeliveryError(code, message, options),
  LimitError: (code, message, options) => new LimitError(code, message, options),
  MetricError: (_code, message, options) => new MetricError(message, options),
  PermissionError: (_code, message, options) => new PermissionError(message, options),
  PluggramError: (code, message, options) => new PluggramError(code, message, options),
  ScheduleError: (_code, message, options) => new ScheduleError(message, options),
  StoreError: (_code, message, options) => new StoreError(message, options),
}

/** Creates an error of the class that the error table lists for the code. */
export function createError(code: ErrorCode, message: string, options: AnyErrorOptions = {}): PluggramError {
  // TypeScript cannot see that the class of a code accepts that code
  const create = FACTORIES[ERRORS[code].class] as (...args: Parameters<typeof createError>) => PluggramError
  return create(code, message, options)
}

/** The message of any thrown value, without its stack. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return typeof error === 'string' ? error : 'an unknown error was thrown'
}
