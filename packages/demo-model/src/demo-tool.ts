import { z } from '@pluggram/sdk'

const propertySchema = z.object({
  type: z.unknown().optional(),
  description: z.string().optional().catch(undefined),
  format: z.string().optional().catch(undefined),
  enum: z.array(z.unknown()).optional().catch(undefined),
  items: z.object({ type: z.unknown() }).optional().catch(undefined),
})
const inputSchema = z.object({
  properties: z.record(z.string(), propertySchema).catch({}).default({}),
  required: z.array(z.string()).catch([]).default([]),
})

/** One argument of a tool, as far as the demo model understands its schema. */
export interface DemoParameter {
  readonly name: string
  /** `list`: several texts. `other`: only a real model could provide a value. */
  readonly type: 'string' | 'number' | 'choice' | 'list' | 'other'
  readonly isRequired: boolean
  readonly description: string
  readonly format: string
  /** The allowed values if `type` is `choice`. */
  readonly choices: readonly string[]
}

/** A tool offered in a request. */
export interface DemoTool {
  /** Its name in the request. */
  readonly name: string
  /** `plugin.tool`, as shown to people. */
  readonly id: string
  readonly plugin: string
  readonly tool: string
  readonly description: string
  readonly parameters: readonly DemoParameter[]
}

/** The description of a tool in a request. */
export interface OfferedFunction {
  readonly name: string
  readonly description?: string | undefined
  readonly inputSchema: unknown
}

/** Converts a tool of a request. Its schema is not trusted. */
export function toDemoTool({ name, description = '', inputSchema: given }: OfferedFunction): DemoTool {
  const [plugin = name, tool = name] = splitName(name)
  const { properties, required } = inputSchema.safeParse(given).data ?? { properties: {}, required: [] }
  return {
    name,
    id: `${plugin}.${tool}`,
    plugin,
    tool,
    description,
    parameters: Object.entries(properties).map(([key, property]): DemoParameter => {
      const choices = (property.enum ?? []).filter((value) => typeof value === 'string')
      return {
        name: key,
        type: typeOf(property.type, choices, property.items?.type),
        isRequired: required.includes(key),
        description: property.description ?? '',
        format: property.format ?? '',
        choices,
      }
    }),
  }
}

function splitName(name: string): readonly string[] {
  const gap = name.indexOf('__')
  return gap < 1 ? [name, name] : [name.slice(0, gap), name.slice(gap + 2)]
}

function typeOf(type: unknown, choices: readonly string[], items: unknown): DemoParameter['type'] {
  if (choices.length > 0) return 'choice'
  if (type === 'array' && items === 'string') return 'list'
  if (type === 'string') return 'string'
  return type === 'number' || type === 'integer' ? 'number' : 'other'
}
