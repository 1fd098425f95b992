import { StoreError } from '@pluggram/sdk'

const MAX_VALUE_BYTES = 1_048_576

/**
 * Encodes a value as it is stored.
 * @throws StoreError
 */
export function encodeValue(key: string, value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw new StoreError(`The value for "${key}" cannot be stored as JSON: ${(error as Error).message}`)
  }
  if (text === undefined) {
    throw new StoreError(
      `The value for "${key}" cannot be stored as JSON: it is ${typeof value}. Use delete to remove a key.`,
    )
  }
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES) {
    throw new StoreError(`The value for "${key}" is over 1 MiB; split it over several keys.`)
  }
  return text
}
