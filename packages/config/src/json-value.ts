/** Any value that JSON can represent. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object read from a file. Forbidden keys such as `__proto__` never occur in it. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** The path to a value: object keys and array indices from the root. */
export type JsonPath = readonly (string | number)[]

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Keys with a special meaning in JavaScript objects; they are rejected wherever a program could
 * assign them.
 */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype'
}

/** A unique string per path, for sets and maps of paths. */
export function pathKey(path: JsonPath): string {
  return JSON.stringify(path)
}

/** The value at `path`; `undefined` if an own property on the way is missing. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = root
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = Reflect.get(value, segment)
  }
  return value
}

/** JSON for people, in one line: `{ "a": 1, "b": [2, 3] }`. */
export function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => inOneLine(item)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inOneLine(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
