/** A JSON Schema as servers write it: only what is understood here counts. */
interface Schema {
  readonly type?: unknown
  readonly enum?: unknown
  readonly const?: unknown
  readonly required?: unknown
  readonly properties?: unknown
  readonly additionalProperties?: unknown
  readonly items?: unknown
}

const MAX_DEPTH = 10
const MAX_PROBLEMS = 5

/**
 * What is wrong with the arguments of a server's tool; `undefined` when nothing is seen to be. Types,
 * required and unknown keys and listed values are checked. Patterns and references are left to the
 * server, whose schema nobody vouches for.
 */
export function checkInput(schema: unknown, input: unknown): string | undefined {
  const problems: string[] = []
  check(schema, input, { path: '', depth: 0, problems })
  return problems.length === 0 ? undefined : problems.slice(0, MAX_PROBLEMS).join('; ')
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly problems: string[]
}

function check(schema: unknown, value: unknown, place: Place): void {
  const { path, depth, problems } = place
  if (!isFields(schema) || depth > MAX_DEPTH || problems.length >= MAX_PROBLEMS) return
  const { type, enum: choices, const: only, items }: Schema = schema
  const name = path === '' ? 'arguments' : path
  const types = [type].flat().filter((item) => typeof item === 'string')
  if (types.length > 0 && !types.some((item) => hasType(item, value)))
    return void problems.push(`${name}: expected ${types.join(' or ')}`)
  const allowed = Array.isArray(choices) ? choices : only === undefined ? undefined : [only]
  if (allowed && !allowed.some((choice) => JSON.stringify(choice) === JSON.stringify(value)))
    return void problems.push(
      `${name}: expected ${allowed.map((choice) => JSON.stringify(choice)).join(' or ')}`,
    )
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      check(items, item, { ...place, path: `${path}[${index}]`, depth: depth + 1 })
  } else if (isFields(value)) checkFields(schema, value, place)
}

function checkFields(
  { required, properties, additionalProperties }: Schema,
  value: object,
  place: Place,
): void {
  const { path, depth, problems } = place
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const known = isFields(properties) ? properties : {}
  for (const key of Array.isArray(required) ? required : [])
    if (typeof key === 'string' && !Object.hasOwn(value, key)) problems.push(`${at(key)}: is missing`)
  for (const [key, item] of Object.entries(value)) {
    if (Object.hasOwn(known, key))
      check((known as Record<string, unknown>)[key], item, { ...place, path: at(key), depth: depth + 1 })
    else if (additionalProperties === false) problems.push(`${at(key)}: is not known`)
  }
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isFields(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type
    default:
      return true
  }
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
