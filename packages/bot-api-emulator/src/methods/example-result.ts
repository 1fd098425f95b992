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

function exampleOf(node: SchemaNode): unknown {
  const schema = resolveSchema(node)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  // `true` is the simpler alternative of "the message, or True if it was sent elsewhere"
  const simple =
    schema.anyOf?.find((option) => resolveSchema(option).const !== undefined) ?? schema.anyOf?.[0]
  if (simple) return exampleOf(simple)
  switch ([schema.type].flat()[0]) {
    case 'string':
      return ''
    case 'number':
      return 0
    case 'boolean':
      return true
    case 'array':
      return []
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {})]),
      )
  }
}
