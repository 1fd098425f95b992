import { isMap, isSet, isUint8Array } from 'node:util/types'
import { toPlainData } from '../wire/plain-data.ts'
import type { JsonValue } from '../json-types.ts'

/**
 * The JSON length limit; a longer result becomes truncated text. No model needs more of one result.
 */
const MAX_CHARACTERS = 100_000

/**
 * A tool's result as JSON data.
 * @throws what a getter or proxy in it throws
 */
export function toToolResult(value: unknown): JsonValue {
  const plain = toPlainData(value, { values: 10_000, characters: MAX_CHARACTERS, depth: 12 })
  if (typeof plain === 'string') return plain
  const text = JSON.stringify(plain, toJson) ?? 'null'
  if (text.length > MAX_CHARACTERS) return `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…`
  return JSON.parse(text) as JsonValue
}

function toJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), item]))
  if (isSet(value)) return [...value]
  if (isUint8Array(value)) return `${value.byteLength} bytes`
  if (value instanceof Error) return { error: value.message }
  return value
}
