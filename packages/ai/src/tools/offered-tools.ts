import { createHash } from 'node:crypto'
import type { ToolSet } from 'ai'
import type { Role } from '@pluggram/sdk'
import type { PluginRegistry, RunnablePlugin, ToolDescriptor } from '@pluggram/sdk/runtime'
import { modelSchema } from './model-schema.ts'
import { mayUse } from './role-rank.ts'
import { visibleText } from './visible-text.ts'
import { aiSdk } from '../ai-sdk.ts'

/** A tool with the name used for the model. */
export interface OfferedTool {
  /** `plugin.tool`, as shown to people. */
  readonly id: string
  readonly plugin: RunnablePlugin
  readonly tool: ToolDescriptor
}

/** The maximum that providers accept. */
const MAX_TOOLS = 128
const MAX_NAME = 64

/**
 * The tools of all running plugins by model-facing name, and which are left out and why: an odd one
 * must not take the others with it.
 */
export function offerTools(registry: PluginRegistry): {
  readonly tools: ReadonlyMap<string, OfferedTool>
  readonly leftOut: readonly string[]
} {
  const all = registry.plugins().flatMap((plugin) =>
    plugin.descriptor.tools.map((item): OfferedTool => ({
      id: `${plugin.descriptor.name}.${item.name}`,
      plugin,
      tool: item,
    })),
  )
  const tools = new Map<string, OfferedTool>()
  const leftOut: string[] = []
  for (const offered of all) {
    const read = modelSchema(offered.tool.inputSchema)
    if ('problem' in read) leftOut.push(`${offered.id} ${read.problem}`)
    else if (tools.size >= MAX_TOOLS)
      leftOut.push(`${offered.id} is more than the ${MAX_TOOLS} that a model takes`)
    else tools.set(nameFor(offered, tools), offered)
  }
  return { tools, leftOut }
}

/** The tools that a person may use: a model that does not know of the others cannot promise them. */
export function toolsFor(
  role: Role | undefined,
  tools: ReadonlyMap<string, OfferedTool>,
): ReadonlyMap<string, OfferedTool> {
  return new Map([...tools].filter(([, { tool: item }]) => mayUse(role, item.role)))
}

/** The same tools in the AI SDK's format, without `execute`: only our code calls them. */
export function toToolSet(tools: ReadonlyMap<string, OfferedTool>): ToolSet {
  return Object.fromEntries(
    [...tools].map(([name, { tool: item }]) => {
      const read = modelSchema(item.inputSchema)
      const schema = 'schema' in read ? read.schema : {}
      return [
        name,
        aiSdk().tool({
          description: visibleText(item.description),
          inputSchema: aiSdk().jsonSchema({ ...schema }),
        }),
      ]
    }),
  )
}

/** `plugin__tool`; a name that is too long or already taken gets a hash at the end. */
function nameFor({ id, plugin, tool: item }: OfferedTool, taken: ReadonlyMap<string, unknown>): string {
  const name = `${plugin.descriptor.name}__${item.name}`.replaceAll(/[^a-zA-Z0-9_-]/g, '_')
  if (name.length <= MAX_NAME && !taken.has(name)) return name
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8)
  return `${name.slice(0, MAX_NAME - hash.length - 1)}_${hash}`
}
