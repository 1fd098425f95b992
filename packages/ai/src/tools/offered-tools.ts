import { createHash } from 'node:crypto'
import { jsonSchema, tool } from 'ai'
import type { ToolSet } from 'ai'
import type { PluginRegistry, RunnablePlugin, ToolDescriptor } from '@pluggram/sdk/runtime'
import { visibleText } from './visible-text.ts'

/** A tool under the name that a model knows it by. */
export interface OfferedTool {
  /** `plugin.tool`, as people write it. */
  readonly id: string
  readonly plugin: RunnablePlugin
  readonly tool: ToolDescriptor
}

/** What providers take at most. */
const MAX_TOOLS = 128
const MAX_NAME = 64

/** The tools of all plugins that run now, by the names that models are given, and how many were too many. */
export function offerTools(registry: PluginRegistry): {
  readonly tools: ReadonlyMap<string, OfferedTool>
  readonly leftOut: number
} {
  const all = registry.plugins().flatMap((plugin) =>
    plugin.descriptor.tools.map((item): OfferedTool => ({
      id: `${plugin.descriptor.name}.${item.name}`,
      plugin,
      tool: item,
    })),
  )
  const tools = new Map<string, OfferedTool>()
  for (const offered of all.slice(0, MAX_TOOLS)) tools.set(nameFor(offered, tools), offered)
  return { tools, leftOut: Math.max(0, all.length - MAX_TOOLS) }
}

/** The same tools as the AI SDK takes them: described, but called by nobody but us. */
export function toToolSet(tools: ReadonlyMap<string, OfferedTool>): ToolSet {
  return Object.fromEntries(
    [...tools].map(([name, { tool: item }]) => {
      const { $schema: _dialect, ...schema } = item.inputSchema
      return [
        name,
        tool({ description: visibleText(item.description), inputSchema: jsonSchema({ ...schema }) }),
      ]
    }),
  )
}

/** `plugin__tool`; a name that is too long or taken ends in a hash. */
function nameFor({ id, plugin, tool: item }: OfferedTool, taken: ReadonlyMap<string, unknown>): string {
  const name = `${plugin.descriptor.name}__${item.name}`.replaceAll(/[^a-zA-Z0-9_-]/g, '_')
  if (name.length <= MAX_NAME && !taken.has(name)) return name
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8)
  return `${name.slice(0, MAX_NAME - hash.length - 1)}_${hash}`
}
