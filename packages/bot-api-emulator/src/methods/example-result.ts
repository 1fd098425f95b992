import type { MethodFallback } from '../method-registry.ts'
import type { SchemaNode } from '../schemas.ts'
import { botApiSchemas, resolveSchema } from '../schemas.ts'
import { findChat } from './resolve-chat.ts'

/** Answers methods without real behaviour, but still refuses an unknown chat. */
export const answerByExample: MethodFallback = (method, params, { emulation }) => {
  const chatId = params['chat_id']
  if (typeof chatId === 'number' || typeof chatId === 'string') findChat(emulation, chatId)
  return exampleResult(method)
}

/** A minimal value that matches the method's result, for methods without real behaviour. */
export function exampleResult(method: string): unknown {
  const schema = botApiSchemas().methods[method]
  if (!schema) throw new Error(`There is no Bot API method ${method}.`)
  return exampleOf(schema.result)
}

/** A value that matches a schema, with a word in every text and an item in every list. */
export function filledExample(node: SchemaNode): unknown {
  return exampleOf(node, { text: 'x', depth: 6 })
}

/** @param depth how far down lists have an item; schemas may contain themselves */
function exampleOf(
  node: SchemaNode,
  fill: { readonly text: string; readonly depth: number } = { text: '', depth: 0 },
): unknown {
  const schema = resolveSchema(node)
  const inner = { ...fill, depth: fill.depth - 1 }
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  // `true` is the simpler alternative of "the message, or True if it was sent elsewhere"
  const simple =
    schema.anyOf?.find((option) => resolveSchema(option).const !== undefined) ?? schema.anyOf?.[0]
  if (simple) return exampleOf(simple, fill)
  switch ([schema.type].flat()[0]) {
    case 'string':
      return fill.text
    case 'number':
      return fill.depth > 0 ? 1 : 0
    case 'boolean':
      return true
    case 'array':
      return fill.depth > 0 && schema.items ? [exampleOf(schema.items, inner)] : []
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {}, inner)]),
      )
  }
}
