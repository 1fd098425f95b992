import { ERRORS, isRetryableByDefault } from './error-table.ts'
import type { CodeOf, ErrorClass, ErrorCode } from './error-table.ts'

const BRAND = Symbol.for('pluggram.error')

export interface ErrorOptions {
  readonly cause?: unknown
  /**
   * True when the same call may succeed later. Default: what the table of errors says of the code.
   */
  readonly isRetryable?: boolean
}

/**
 * The base of all errors Pluggram throws on purpose. The message names the culprit and the next
 * step and holds no secret. Use `isPluggramError` instead of `instanceof`: it also knows errors of
 * another installed copy.
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
   * True when nobody knows whether the message arrived: it was sent, and the answer was lost.
   * Default false.
   */
  readonly isAmbiguous?: boolean
}

/** Telegram did not take a message, or a file could not be read. */
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

/** The plugin did not declare what it uses. */
export class PermissionError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('permission-missing', message, options)
  }
}

/** A key or value the store does not take. */
export class StoreError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('store-limit', message, options)
  }
}

export interface LimitErrorOptions extends ErrorOptions {
  /** When the same may succeed. */
  readonly retryAfterSeconds?: number
}

/** A limit of a service was reached; nothing was done. */
export class LimitError extends PluggramError {
  readonly retryAfterSeconds: number | undefined

  constructor(code: CodeOf<'LimitError'>, message: string, options: LimitErrorOptions = {}) {
    super(code, message, options)
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** A database did not do what it was asked. */
export class DatabaseError extends PluggramError {
  constructor(code: CodeOf<'DatabaseError'>, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}

/** A metric that cannot be registered as it was asked for. */
export class MetricError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('metric-invalid', message, options)
  }
}

/** A schedule that cannot be kept: its times, name or data are wrong, or there are too many. */
export class ScheduleError extends PluggramError {
  constructor(message: string, options?: ErrorOptions) {
    super('schedule-invalid', message, options)
  }
}

/** What an error of any class can be given. */
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

/** Makes an error of the class that the table of errors gives its code. */
export function createError(code: ErrorCode, message: string, options: AnyErrorOptions = {}): PluggramError {
  // TypeScript cannot see that the class of a code takes that code
  const create = FACTORIES[ERRORS[code].class] as (...args: Parameters<typeof createError>) => PluggramError
  return create(code, message, options)
}

/** The message of anything that was thrown, without its stack. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return typeof error === 'string' ? error : 'an unknown error was thrown'
}
