import { badRequest } from '../bot-api-error.ts'
import type { MethodSchema, SchemaNode } from '../schemas.ts'
import { resolveSchema } from '../schemas.ts'

/** The types of a parameter, read from its schema once per method. */
interface ParameterTypes {
  readonly string: boolean
  readonly number: boolean
  readonly boolean: boolean
  readonly json: boolean
}

export type ParameterPlan = ReadonlyMap<string, ParameterTypes>

export function planParameters(schema: MethodSchema): ParameterPlan {
  const properties = schema.params ? (resolveSchema(schema.params).properties ?? {}) : {}
  return new Map(Object.entries(properties).map(([name, node]) => [name, typesOf(node)]))
}

function typesOf(node: SchemaNode): ParameterTypes {
  const found = new Set<string>()
  const visit = (part: SchemaNode): void => {
    const resolved = resolveSchema(part)
    for (const type of [resolved.type ?? []].flat()) found.add(type)
    for (const option of resolved.anyOf ?? []) visit(option)
  }
  visit(node)
  return {
    string: found.has('string'),
    number: found.has('number') || found.has('integer'),
    boolean: found.has('boolean'),
    json: found.has('object') || found.has('array'),
  }
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/

/**
 * Converts parameters to the types that the method expects. Every parameter may arrive as text:
 * forms have nothing else, and Telegram is as lenient with JSON bodies. Values that cannot be
 * converted are left for validation.
 */
export function coerceParams(plan: ParameterPlan, raw: Record<string, unknown>): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || value === null) continue
    const types = plan.get(name)
    // parameters of older Bot API versions are kept unchanged; unknown ones are ignored later
    params[name] = types ? coerce(name, value, types) : value
  }
  return params
}

function coerce(name: string, value: unknown, types: ParameterTypes): unknown {
  if (typeof value === 'string') {
    if (types.number && NUMBER.test(value.trim())) return Number(value)
    if (types.string) return value
    if (types.boolean) return ['true', 'yes', '1'].includes(value.trim().toLowerCase())
    if (types.json) return parseJson(name, value)
  } else if (typeof value === 'number') {
    if (types.number) return value
    if (types.boolean) return value === 1
    if (types.string) return String(value)
  } else if (typeof value === 'boolean') {
    if (!types.boolean && types.string) return String(value)
  }
  return value
}

const JSON_NAMES: Record<string, string> = {
  reply_markup: 'reply keyboard markup',
  link_preview_options: 'link preview options',
  reply_parameters: 'reply parameters',
  media: 'media',
}

function parseJson(name: string, text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`can't parse ${JSON_NAMES[name] ?? name} JSON object`)
  }
}
