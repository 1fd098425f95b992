import { isJsonObject, type JsonValue } from './json-value.ts'
import { parseJsonDocument } from './parse-json-document.ts'

/** A JSON Schema, as Zod and others make them. */
export type JsonSchema = Readonly<Record<string, unknown>>

const DEEPEST_REFERENCE = 16
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * Reads text from the environment as the type that a schema asks for: `"3"` as 3, `"true"` as true,
 * `["a"]` as an array. Text stays text where the schema takes text, where it says nothing, and where the
 * reading would be a guess; the plugin's own validation then says what is wrong.
 */
export function coerceToSchema(text: string, schema: unknown, root: unknown = schema): JsonValue {
  const types = acceptedTypes(schema, root, 0)
  if (types.size === 0 || types.has('string')) return text
  const trimmed = text.trim()
  if ((types.has('number') || types.has('integer')) && NUMBER.test(trimmed)) {
    const number = Number(trimmed)
    if (Number.isFinite(number) && (types.has('number') || Number.isSafeInteger(number))) return number
  }
  if (types.has('boolean')) {
    if (/^(?:true|yes|on|1)$/i.test(trimmed)) return true
    if (/^(?:false|no|off|0)$/i.test(trimmed)) return false
  }
  if (types.has('null') && trimmed === 'null') return null
  if ((types.has('array') && trimmed.startsWith('[')) || (types.has('object') && trimmed.startsWith('{'))) {
    return parseJsonDocument('environment', trimmed).document?.value ?? text
  }
  return text
}

/** The schema of one property or item, or `undefined` when nothing is said about it. */
export function schemaOfMember(schema: unknown, key: string | number, root: unknown, depth = 0): unknown {
  const resolved = resolveReference(schema, root)
  if (!isRecord(resolved) || depth > DEEPEST_REFERENCE) return undefined
  const own =
    typeof key === 'number'
      ? (memberOf(resolved['prefixItems'], key) ?? resolved['items'])
      : (memberOf(resolved['properties'], key) ?? resolved['additionalProperties'])
  if (isRecord(own)) return own
  for (const part of alternatives(resolved)) {
    const found = schemaOfMember(part, key, root, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether the schema lists every key it takes and this is none of them. */
export function refusesKey(schema: unknown, key: string): boolean {
  const resolved = resolveReference(schema, schema)
  if (!isRecord(resolved) || resolved['additionalProperties'] !== false) return false
  return memberOf(resolved['properties'], key) === undefined
}

function acceptedTypes(schema: unknown, root: unknown, depth: number): ReadonlySet<string> {
  const types = new Set<string>()
  const resolved = resolveReference(schema, root)
  if (!isRecord(resolved) || depth > DEEPEST_REFERENCE) return types
  const type = resolved['type']
  for (const name of Array.isArray(type) ? type : [type]) if (typeof name === 'string') types.add(name)
  if (types.size === 0) {
    const constants = 'const' in resolved ? [resolved['const']] : resolved['enum']
    if (Array.isArray(constants)) for (const constant of constants) types.add(typeName(constant))
  }
  for (const part of alternatives(resolved)) {
    for (const name of acceptedTypes(part, root, depth + 1)) types.add(name)
  }
  return types
}

function alternatives(schema: JsonSchema): unknown[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((word) => {
    const parts = schema[word]
    return Array.isArray(parts) ? parts : []
  })
}

/** Follows `#/…` references inside the same schema; others are left alone. */
function resolveReference(schema: unknown, root: unknown): unknown {
  let resolved = schema
  for (let step = 0; step < DEEPEST_REFERENCE && isRecord(resolved); step++) {
    const reference = resolved['$ref']
    if (typeof reference !== 'string' || !reference.startsWith('#')) return resolved
    resolved = reference
      .slice(1)
      .split('/')
      .slice(1)
      .reduce<unknown>(
        (part, segment) => memberOf(part, segment.replaceAll('~1', '/').replaceAll('~0', '~')),
        root,
      )
  }
  return resolved
}

function memberOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined
}

function isRecord(value: unknown): value is JsonSchema {
  return isJsonObject(value)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
