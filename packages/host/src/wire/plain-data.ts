import { isDate, isMap, isNativeError, isRegExp, isSet, isUint8Array } from 'node:util/types'

export interface PlainDataLimits {
  /** The most values in total. Default 10,000. */
  readonly values?: number
  /** The most characters of one text, or bytes of one array. Default 1,000,000. */
  readonly characters?: number
  readonly depth?: number
}

interface Budget {
  values: number
  readonly characters: number
}

const CUT = '…'

/**
 * A copy that can be sent to another process and read without side effects: plain objects, arrays,
 * dates, maps, sets, bytes and errors. Functions, symbols, circular references and everything over
 * a limit become `…`.
 * @throws what a getter or proxy in the value throws
 */
export function toPlainData(value: unknown, limits: PlainDataLimits = {}): unknown {
  const budget: Budget = { values: limits.values ?? 10_000, characters: limits.characters ?? 1_000_000 }
  return copy(value, limits.depth ?? 12, budget, new Set())
}

function copy(value: unknown, depth: number, budget: Budget, parents: Set<object>): unknown {
  budget.values -= 1
  switch (typeof value) {
    case 'string':
      return value.length > budget.characters ? value.slice(0, budget.characters) + CUT : value
    case 'function':
    case 'symbol':
      return CUT
    case 'object':
      break
    default:
      return value
  }
  if (value === null) return value
  if (isDate(value)) return new Date(Number(value))
  if (isUint8Array(value)) return value.byteLength > budget.characters ? CUT : value
  if (isRegExp(value)) return String(value)
  if (isNativeError(value)) return copyError(value, budget)
  if (depth === 0 || budget.values <= 0 || parents.has(value)) return CUT
  parents.add(value)
  const result = copyMembers(value, depth - 1, budget, parents)
  parents.delete(value)
  return result
}

function copyMembers(value: object, depth: number, budget: Budget, parents: Set<object>): unknown {
  const inner = (member: unknown): unknown => copy(member, depth, budget, parents)
  if (isMap(value)) {
    return new Map(takeWithin(value.entries(), budget).map(([key, item]) => [inner(key), inner(item)]))
  }
  if (isSet(value)) return new Set(takeWithin(value.values(), budget).map(inner))
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (let index = 0; index < value.length && budget.values > 0; index += 1) items.push(inner(value[index]))
    if (items.length < value.length) items.push(CUT)
    return items
  }
  const members: [string, unknown][] = []
  for (const key of Object.keys(value)) {
    if (budget.values <= 0) break
    members.push([key.slice(0, 1_000), inner(Reflect.get(value, key))])
  }
  return Object.fromEntries(members)
}

function takeWithin<T>(items: IteratorObject<T>, budget: Budget): T[] {
  return [...items.take(Math.max(0, budget.values))]
}

function copyError(error: Error, budget: Budget): Error {
  const result = new Error(String(error.message).slice(0, Math.min(2_000, budget.characters)))
  result.name = String(error.name).slice(0, 200)
  result.stack = String(error.stack).slice(0, 8_000)
  return result
}
