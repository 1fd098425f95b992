const MAX_DEPTH = 6
const MAX_ENTRIES = 200

/**
 * A result's `data` as readable text: lists as lines, objects as `key: value`, nested ones
 * indented. Circular, deep and endless structures are truncated with `…`.
 */
export function describeData(data: unknown): string {
  return lines(data, 0, new Set()).join('\n')
}

function lines(value: unknown, depth: number, parents: Set<object>): string[] {
  if (typeof value !== 'object' || value === null) return [scalar(value)]
  if (value instanceof Date) return [Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()]
  if (value instanceof Error) return [value.message]
  if (ArrayBuffer.isView(value)) return [`${value.byteLength} bytes`]
  if (parents.has(value) || depth >= MAX_DEPTH) return ['…']
  parents.add(value)
  const result = value instanceof Map ? object([...value], depth, parents) : container(value, depth, parents)
  parents.delete(value)
  return result
}

function container(value: object, depth: number, parents: Set<object>): string[] {
  if (!Array.isArray(value) && !(value instanceof Set)) return object(Object.entries(value), depth, parents)
  const items: unknown[] = [...value]
  if (items.length === 0) return ['(none)']
  return capped(items, (item) => {
    const [first = '', ...rest] = lines(item, depth + 1, parents)
    return [`• ${first}`, ...rest.map((line) => `  ${line}`)]
  })
}

function object(
  entries: readonly (readonly [unknown, unknown])[],
  depth: number,
  parents: Set<object>,
): string[] {
  if (entries.length === 0) return ['(none)']
  return capped(entries, ([key, item]) => {
    const nested = lines(item, depth + 1, parents)
    const isInline = nested.length === 1 && !nested[0]?.startsWith('• ')
    if (isInline) return [`${String(key)}: ${nested[0]}`]
    return [`${String(key)}:`, ...nested.map((line) => `  ${line}`)]
  })
}

function capped<T>(items: readonly T[], describe: (item: T) => string[]): string[] {
  const shown = items.slice(0, MAX_ENTRIES).flatMap(describe)
  return items.length > MAX_ENTRIES ? [...shown, `… and ${items.length - MAX_ENTRIES} more`] : shown
}

function scalar(value: unknown): string {
  if (value === undefined || value === null) return '–'
  if (typeof value === 'function' || typeof value === 'symbol') return '…'
  return String(value)
}
