import { isArrayBuffer, isMap, isNativeError, isSet } from 'node:util/types'

/** The remaining limits. */
interface Budget {
  values: number
  bytes: number
}

/**
 * Whether a value is within limits when shared parts count each time, as in a copy, a log line or
 * JSON. A circular value exceeds every limit.
 */
export function isWithin(value: unknown, limits: Readonly<Budget>): boolean {
  const budget = { ...limits }
  count(value, budget)
  return budget.values >= 0 && budget.bytes >= 0
}

function count(value: unknown, budget: Budget): void {
  budget.values -= 1
  if (typeof value === 'string') budget.bytes -= value.length
  if (typeof value !== 'object' || value === null || isSpent(budget)) return
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) {
    budget.bytes -= value.byteLength
    return
  }
  if (Array.isArray(value)) {
    // loops over the array visit holes too
    if (value.length > budget.values) budget.values = -1
    for (let index = 0; index < value.length && !isSpent(budget); index += 1) count(value[index], budget)
    return
  }
  if (isMap(value)) {
    for (const [key, item] of value) {
      if (isSpent(budget)) return
      count(key, budget)
      count(item, budget)
    }
    return
  }
  if (isSet(value)) {
    for (const item of value) {
      if (isSpent(budget)) return
      count(item, budget)
    }
    return
  }
  if (isNativeError(value)) {
    for (const part of [value.message, value.stack, value.cause]) count(part, budget)
  }
  for (const key of Object.keys(value)) {
    if (isSpent(budget)) return
    budget.bytes -= key.length
    count(Reflect.get(value, key), budget)
  }
}

function isSpent({ values, bytes }: Budget): boolean {
  return values < 0 || bytes < 0
}
