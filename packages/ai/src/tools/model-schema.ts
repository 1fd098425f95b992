type Schema = Readonly<Record<string, unknown>>

/** A schema that every provider takes, or why there is none. */
export type ModelSchema = { readonly schema: Schema } | { readonly problem: string }

/** Deeper parts are left open: no provider takes more, and a schema may contain itself. */
const MAX_DEPTH = 8
/** What providers accept as the name of a parameter. */
const NAME = /^[a-zA-Z0-9_.-]{1,64}$/

/** Keywords that some provider refuses; a plugin checks its arguments itself. */
const DROPPED: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$comment',
  '$defs',
  'definitions',
  'examples',
  'format',
  'pattern',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
  'dependentRequired',
  'dependentSchemas',
  'if',
  'then',
  'else',
  'not',
  'contains',
  'minContains',
  'maxContains',
  'contentEncoding',
  'contentMediaType',
  'readOnly',
  'writeOnly',
  'deprecated',
])
const UNIONS = ['anyOf', 'oneOf'] as const

const known = new WeakMap<object, ModelSchema>()

/**
 * Brings a tool's schema into the subset of JSON Schema that all providers take: an object at the
 * top without alternatives, no references, no rare keywords. It may allow more than the original.
 */
export function modelSchema(original: Schema): ModelSchema {
  const done = known.get(original)
  if (done) return done
  const result = convert(original)
  known.set(original, result)
  return result
}

function convert(original: Schema): ModelSchema {
  const top = flattened(plain(original, { root: original, depth: 0 }))
  const { type, properties, required, ...rest } = top
  if (type !== undefined && type !== 'object' && !(Array.isArray(type) && type.includes('object'))) {
    return { problem: `takes ${JSON.stringify(type)} in place of an object` }
  }
  const parameters = isSchema(properties) ? properties : {}
  const odd = Object.keys(parameters).find((name) => !NAME.test(name))
  if (odd !== undefined) return { problem: `has a parameter named ${JSON.stringify(odd.slice(0, 80))}` }
  const needed = stringsOf(required).filter((name) => name in parameters)
  return {
    schema: {
      ...rest,
      type: 'object',
      properties: parameters,
      ...(needed.length > 0 && { required: needed }),
    },
  }
}

interface Place {
  readonly root: Schema
  readonly depth: number
}

/** A part of the schema without references and rare keywords. */
function plain(part: unknown, { root, depth }: Place): Schema {
  if (!isSchema(part) || depth > MAX_DEPTH) return {}
  const inner = { root, depth: depth + 1 }
  const resolved = resolve(part, root, depth)
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(resolved)) {
    if (DROPPED.has(key)) continue
    if (key === 'const') result['enum'] = [value]
    else if (key === 'properties' && isSchema(value))
      result[key] = mapped(value, (item) => plain(item, inner))
    else if (key === 'items') result[key] = plain(Array.isArray(value) ? value[0] : value, inner)
    else if (key === 'prefixItems') result['items'] ??= plain(Array.isArray(value) ? value[0] : {}, inner)
    else if (key === 'additionalProperties')
      result[key] = isSchema(value) ? plain(value, inner) : value !== false
    else if (key === 'allOf' || key === 'anyOf' || key === 'oneOf') {
      // `anyOf` is what all providers know; the difference does not matter to a model
      const options = (Array.isArray(value) ? value : []).map((item) => plain(item, inner))
      if (key === 'allOf') result[key] = options
      else result['anyOf'] = [...((result['anyOf'] as Schema[] | undefined) ?? []), ...options]
    } else result[key] = value
  }
  const whole = merged(result)
  // an array of anything must say so
  return whole['type'] === 'array' && whole['items'] === undefined ? { ...whole, items: {} } : whole
}

/** The definition that a reference leads to, with what stands beside it. */
function resolve(part: Schema, root: Schema, depth: number): Schema {
  const { $ref: reference, ...beside } = part
  if (typeof reference !== 'string' || depth > MAX_DEPTH) return part
  let target: unknown = root
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    target = isSchema(target) ? target[key] : undefined
  }
  if (!isSchema(target) || !reference.startsWith('#')) return beside
  return { ...('$ref' in target ? resolve(target, root, depth + 1) : target), ...beside }
}

/** All of several schemas as one. */
function merged(schema: Schema): Schema {
  const { allOf, ...rest } = schema
  return Array.isArray(allOf) ? allOf.filter(isSchema).reduce(both, rest) : schema
}

function both(a: Schema, b: Schema): Schema {
  const properties = { ...(a['properties'] as object), ...(b['properties'] as object) }
  const required = [...new Set([...stringsOf(a['required']), ...stringsOf(b['required'])])]
  return {
    ...b,
    ...a,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

/** Alternatives at the top become one object with the parameters of all; what all need is needed. */
function flattened(schema: Schema): Schema {
  const union = UNIONS.find((key) => Array.isArray(schema[key]))
  if (union === undefined) return schema
  const { [union]: value, ...rest } = schema
  const options = (value as unknown[]).filter(isSchema).map((option) => flattened(option))
  const properties = Object.assign({}, ...options.map((option) => option['properties'] ?? {})) as object
  const shared = options
    .map((option) => stringsOf(option['required']))
    .reduce((all, own) => all.filter((name) => own.includes(name)))
  const note = `Give one of: ${options.map((option) => stringsOf(option['required']).join(' and ') || 'nothing').join('; or ')}.`
  const { description } = rest
  return both(
    { ...rest, description: [description, note].filter((text) => typeof text === 'string').join(' ') },
    { type: 'object', properties, required: shared },
  )
}

function mapped(fields: Schema, change: (value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
