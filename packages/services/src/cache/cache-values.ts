import { serialize } from 'node:v8'
import { LimitError } from '@pluggram/sdk'

/** For each plugin. */
export const MAX_ENTRIES = 10_000
/** For each plugin, keys and values together. */
export const MAX_BYTES = 8 * 1_048_576
const MAX_VALUE_BYTES = 1_048_576
const MAX_KEY_LENGTH = 512
export const DEFAULT_TTL_SECONDS = 300
const MAX_TTL_SECONDS = 86_400
/** The overhead of an entry, in bytes. */
export const ENTRY_BYTES = 100

/** Encodes a value. @throws LimitError when it cannot be copied or is over 1 MiB */
export function encode(key: string, value: unknown): Buffer {
  let bytes: Buffer
  try {
    bytes = serialize(value)
  } catch (error) {
    throw new LimitError(
      'cache-limit',
      `The value for "${key}" cannot be copied: ${(error as Error).message}`,
      {
        isRetryable: false,
      },
    )
  }
  if (bytes.byteLength > MAX_VALUE_BYTES) throw tooLarge(key)
  return bytes
}

export function tooLarge(key: string): LimitError {
  return new LimitError('cache-limit', `The value for "${key}" is over 1 MiB; cache smaller parts.`, {
    isRetryable: false,
  })
}

/** @throws LimitError */
export function checkKey(key: string): string {
  if (typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH) return key
  throw new LimitError('cache-limit', `A cache key must be text of 1 to ${MAX_KEY_LENGTH} characters.`, {
    isRetryable: false,
  })
}

/** Seconds, a day at most. @throws LimitError */
export function checkTtl(seconds: number): number {
  if (Number.isFinite(seconds) && seconds > 0) return Math.min(seconds, MAX_TTL_SECONDS)
  throw new LimitError('cache-limit', 'ttlSeconds must be a positive number of seconds.', {
    isRetryable: false,
  })
}
