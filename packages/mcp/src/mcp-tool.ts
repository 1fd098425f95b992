import type { Tool } from '@modelcontextprotocol/client'
import type { Role } from '@pluggram/sdk'
import type { ToolDescriptor } from '@pluggram/sdk/runtime'
import { visibleText } from '@pluggram/ai/tools'
import { pinOf } from './tool-pins.ts'
import type { ToolPin } from './tool-pins.ts'

const NAME = /^[\w./-]{1,100}$/
const MAX_DESCRIPTION = 1_024
const MAX_SCHEMA_CHARACTERS = 32_768
const MAX_TOOLS = 100

/** A server's tool that can be offered. */
export interface McpTool {
  readonly descriptor: ToolDescriptor
  /** The pin of the server's original text, including hidden characters. */
  readonly pin: ToolPin
}

/** Returns the tools of a server that can be offered, and why the others cannot. */
export function readTools(
  tools: readonly Tool[],
  role: Role,
): { readonly tools: ReadonlyMap<string, McpTool>; readonly refused: readonly string[] } {
  const usable = new Map<string, McpTool>()
  const refused: string[] = []
  for (const tool of tools) {
    const problem = usable.size >= MAX_TOOLS ? `are more than ${MAX_TOOLS}` : problemOf(tool)
    if (problem === undefined) usable.set(tool.name, toTool(tool, role))
    else refused.push(`${JSON.stringify(tool.name.slice(0, 100))} ${problem}`)
  }
  return { tools: usable, refused }
}

function problemOf({ name, inputSchema }: Tool): string | undefined {
  if (!NAME.test(name)) return 'has a name that cannot be used'
  const size = JSON.stringify(inputSchema).length
  return size > MAX_SCHEMA_CHARACTERS ? `has a schema of ${size} characters` : undefined
}

function toTool(
  { name, title, description, inputSchema, outputSchema, annotations }: Tool,
  role: Role,
): McpTool {
  const told = visibleText(description ?? title ?? name)
  return {
    descriptor: {
      name,
      description: told.length > MAX_DESCRIPTION ? `${told.slice(0, MAX_DESCRIPTION).toWellFormed()}…` : told,
      inputSchema: withoutHiddenText(inputSchema) as ToolDescriptor['inputSchema'],
      role,
      // a server's claim that a tool is read-only is trusted only while its description is
      // unchanged (see the pin)
      effect: annotations?.readOnlyHint === true ? 'none' : 'external',
    },
    pin: pinOf({ name, title, description, inputSchema, outputSchema, annotations }),
  }
}

/**
 * Removes hidden characters everywhere in a schema, because the model reads all its descriptions.
 */
function withoutHiddenText(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value)
  if (Array.isArray(value)) return value.map((item) => withoutHiddenText(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [visibleText(key), withoutHiddenText(member)]),
  )
}
