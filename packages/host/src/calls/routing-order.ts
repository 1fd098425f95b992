import type { PluginDescriptor, RunnablePlugin } from '@pluggram/sdk/runtime'
import type { PluginProblem } from '../plugin-problem.ts'

/** The owner's order: built-in plugins, then as plugins_config.json names them, then by name. */
export class OwnersOrder {
  readonly #ranks: ReadonlyMap<string, number>
  readonly #builtIn: ReadonlySet<string>

  constructor(builtIn: readonly string[], order: readonly string[]) {
    this.#builtIn = new Set(builtIn)
    this.#ranks = new Map([...new Set([...builtIn, ...order])].map((name, rank) => [name, rank]))
  }

  compare(a: string, b: string): number {
    const difference = this.#rank(a) - this.#rank(b)
    if (difference !== 0 && !Number.isNaN(difference)) return difference
    return a < b ? -1 : Number(a > b)
  }

  /** Whether `name` belongs to the assistant itself. */
  isBuiltIn(name: string): boolean {
    return this.#builtIn.has(name)
  }

  #rank(name: string): number {
    return this.#ranks.get(name) ?? Number.POSITIVE_INFINITY
  }
}

/** A plugin, with its place in the order. */
export interface Routable {
  readonly runnable: RunnablePlugin
  readonly isBuiltIn: boolean
}

/**
 * The order in which plugins are asked: built-in ones, those with patterns, then the others. Ties
 * go by higher priority, then by the owner's order.
 */
export function routePlugins(plugins: readonly Routable[], order: OwnersOrder): readonly RunnablePlugin[] {
  return plugins
    .toSorted((a, b) => {
      const [left, right] = [a.runnable.descriptor, b.runnable.descriptor]
      return group(a) - group(b) || right.priority - left.priority || order.compare(left.name, right.name)
    })
    .map(({ runnable }) => runnable)
}

function group({ isBuiltIn, runnable }: Routable): number {
  if (isBuiltIn) return 0
  return runnable.descriptor.patterns.length > 0 ? 1 : 2
}

/**
 * Command → its plugin. A command that two plugins declare belongs to the first in the owner's
 * order, so that no plugin can claim it with a priority.
 */
export function commandOwners(
  descriptors: readonly PluginDescriptor[],
  order: OwnersOrder,
): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const { name, commands } of descriptors.toSorted((a, b) => order.compare(a.name, b.name))) {
    for (const command of commands) if (!owners.has(command.name)) owners.set(command.name, name)
  }
  return owners
}

/** A plugin that receives payloads of `/start`. */
export interface Starter {
  readonly name: string
  readonly prefixes: readonly string[]
}

/**
 * The plugins that receive payloads of `/start`, in the owner's order, so that no plugin can claim
 * another one's with a longer prefix.
 */
export function payloadStarters(
  descriptors: readonly PluginDescriptor[],
  order: OwnersOrder,
): readonly Starter[] {
  return descriptors
    .flatMap(({ name, startPrefixes = [] }) =>
      startPrefixes.length > 0 ? [{ name, prefixes: startPrefixes }] : [],
    )
    .toSorted((a, b) => order.compare(a.name, b.name))
}

/** Warns about every command that a plugin declares but another one owns. */
export function commandProblems(
  descriptors: readonly PluginDescriptor[],
  order: OwnersOrder,
): readonly PluginProblem[] {
  const owners = commandOwners(descriptors, order)
  return descriptors.flatMap(({ name, commands }) =>
    commands.flatMap((command) => {
      const owner = owners.get(command.name)
      return owner === undefined || owner === name
        ? []
        : [clash(name, command.name, owner, order.isBuiltIn(owner))]
    }),
  )
}

function clash(plugin: string, command: string, owner: string, isBuiltIn: boolean): PluginProblem {
  const step = isBuiltIn
    ? "is the assistant's own. Rename the command."
    : `is already taken by ${owner}, which comes first in plugins_config.json. Change their order there, or rename one of the commands.`
  return {
    plugin,
    severity: 'warning',
    code: 'plugin-duplicate',
    message: `Plugin ${plugin}: /${command} ${step}`,
  }
}
