import { isJsonObject, type JsonValue } from './json-value.ts'
import { parseJsonDocument } from './parse-json-document.ts'

/** A JSON Schema, as Zod and others make them. */
export type JsonSchema = Readonly<Record<string, unknown>>

const DEEPEST_REFERENCE = 16
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * Converts text from the environment to the type in a schema: `"3"` to 3, `"true"` to true, `["a"]`
 * to an array. Text stays text if the schema accepts text or has no type, or if the conversion
 * would be a guess. The plugin's own validation then reports what is wrong.
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

/** The schema of one property or item; `undefined` if there is none. */
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

/** Whether the schema lists all its keys and this is not one of them. */
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

/** Follows `#/…` references within the schema; leaves others alone. */
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
