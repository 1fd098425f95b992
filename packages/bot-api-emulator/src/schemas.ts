import { readFileSync } from 'node:fs'

/** A JSON Schema node of the generated file, reduced to the members used here. */
export interface SchemaNode {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
}

export interface MethodSchema {
  /** Absent if a method has no parameters. */
  readonly params?: SchemaNode
  readonly result: SchemaNode
}

export interface BotApiSchemas {
  /** The version of `@gramio/types` they were generated from. */
  readonly typesVersion: string
  readonly methods: Readonly<Record<string, MethodSchema>>
  readonly definitions: Readonly<Record<string, SchemaNode>>
}

let loaded: BotApiSchemas | undefined

/** The generated schemas of all Bot API methods, loaded once. */
export function botApiSchemas(): BotApiSchemas {
  loaded ??= JSON.parse(
    readFileSync(new URL('./generated/bot-api-schemas.json', import.meta.url), 'utf8'),
  ) as BotApiSchemas
  return loaded
}

const PREFIX = '#/definitions/'

/** Follows references to the actual node. */
export function resolveSchema(node: SchemaNode): SchemaNode {
  let current = node
  while (current.$ref !== undefined) {
    const target = botApiSchemas().definitions[decodeURIComponent(current.$ref.slice(PREFIX.length))]
    if (!target) throw new Error(`The generated schemas refer to ${current.$ref}, which is missing.`)
    current = target
  }
  return current
}
