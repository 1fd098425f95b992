import { isPluggramError } from '@pluggram/sdk'
import type { ErrorCode } from '@pluggram/sdk'
import { createError, ERRORS } from '@pluggram/sdk/runtime'
import type { AnyErrorOptions } from '@pluggram/sdk/runtime'
import { explainDenied } from '../process/denied.ts'
import { isThrown, thrownText } from '../error-location.ts'
import { toPlainData } from './plain-data.ts'

/** An error as it is sent to another process. */
export interface WireError {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Set for Pluggram's own errors. */
  readonly code?: string
  readonly isRetryable?: boolean
  readonly cause?: WireError
  /** Further own members, such as `detail`. */
  readonly members: Readonly<Record<string, unknown>>
}

const MAX_MESSAGE = 4_000
const MAX_STACK = 16_000
const MAX_CAUSES = 4
const OWN_KEYS = new Set(['name', 'message', 'stack', 'cause', 'isRetryable', '__proto__', 'then'])

/** Encodes anything that was thrown; never throws. */
export function encodeError(error: unknown, depth = 0): WireError {
  const isError = isThrown(error, Error)
  const original = isError ? read(error, 'message') : thrownValue(error)
  const message = explainDenied(error) ?? original
  const stack = thrownText(error, 'stack')
  const isOwn = isError && isOwnError(error)
  const cause: unknown = isError ? readCause(error) : undefined
  return {
    name: thrownText(error, 'name').slice(0, 200) || 'Error',
    message: message.slice(0, MAX_MESSAGE),
    stack: (message === original ? stack : stack.replace(original, () => message)).slice(0, MAX_STACK),
    ...(isOwn && {
      code: thrownText(error, 'code'),
      isRetryable: Reflect.get(error, 'isRetryable') === true,
    }),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: encodeError(cause, depth + 1) }),
    members: isError ? ownMembers(error, isOwn) : {},
  }
}

/** Decodes an error, with the class that belongs to its code. The input is not trusted. */
export function decodeError(input: unknown, depth = 0): Error {
  const wire = Object(input) as Partial<Record<keyof WireError, unknown>>
  const message = typeof wire.message === 'string' ? wire.message.slice(0, MAX_MESSAGE) : 'an unknown error'
  const cause =
    wire.cause !== undefined && depth < MAX_CAUSES ? decodeError(wire.cause, depth + 1) : undefined
  const members = Object(plainMembers(wire.members)) as Readonly<Record<string, unknown>>
  const error = reviveError(wire, { message, cause, members })
  if (typeof wire.stack === 'string' && wire.stack !== '') {
    Object.defineProperty(error, 'stack', {
      value: wire.stack.slice(0, MAX_STACK),
      configurable: true,
      writable: true,
    })
  }
  for (const [key, value] of Object.entries(members)) {
    if (!OWN_KEYS.has(key) && !(key in error)) Object.assign(error, { [key]: value })
  }
  return error
}

function reviveError(
  { code, isRetryable, name }: Partial<Record<keyof WireError, unknown>>,
  parts: {
    readonly message: string
    readonly cause: Error | undefined
    readonly members: Readonly<Record<string, unknown>>
  },
): Error {
  const { message, cause, members } = parts
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code)) {
    const { isAmbiguous, retryAfterSeconds } = members
    const options: AnyErrorOptions = {
      cause,
      isRetryable: isRetryable === true,
      isAmbiguous: isAmbiguous === true,
      ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
    }
    return createError(code as ErrorCode, message, options)
  }
  const error = new Error(message, cause && { cause })
  if (typeof name === 'string') error.name = name.slice(0, 200)
  return error
}

function ownMembers(error: object, isOwn: boolean): Record<string, unknown> {
  try {
    const members = Object.entries(error).filter(
      ([key, value]) => !OWN_KEYS.has(key) && !(isOwn && key === 'code') && typeof value !== 'function',
    )
    return plainMembers(Object.fromEntries(members)) as Record<string, unknown>
  } catch {
    return {}
  }
}

function plainMembers(members: unknown): unknown {
  return toPlainData(members, { values: 100, characters: 4_000, depth: 4 })
}

function isOwnError(error: object): boolean {
  try {
    return isPluggramError(error)
  } catch {
    return false
  }
}

function readCause(error: object): unknown {
  try {
    return Reflect.get(error, 'cause') ?? undefined
  } catch {
    return undefined
  }
}

function read(error: object, key: string): string {
  try {
    const value: unknown = Reflect.get(error, key)
    return typeof value === 'string' ? value : ''
  } catch {
    return 'an unknown error was thrown'
  }
}

function thrownValue(error: unknown): string {
  return typeof error === 'string' ? error : 'an unknown error was thrown'
}
