import type { McpServers } from '@pluggram/mcp'
import type {
  HostPlan,
  JsonObject,
  ListedRegistry,
  PluginHost,
  PluginState,
  StartReport,
} from '@pluggram/host'
import { PluggramError } from '@pluggram/sdk'
import type { ConfigIssue, PluginRegistry } from '@pluggram/sdk/runtime'
import { mcpPluginState } from './mcp-plugins.ts'
import type { PluginsPlan } from './plugins.ts'
import { WorkingPlans } from './working-plans.ts'

export interface PluginBoardOptions {
  /** What the files wanted at the start. */
  readonly wanted: PluginsPlan
  /** The host writes into it which plugins can be asked. */
  readonly list: ListedRegistry
  readonly servers: McpServers
}

/**
 * What is known of all plugins: what the files want, what runs, and what was left out. Whoever wants something of plugins
 * says it here; the host and the MCP servers follow.
 *
 *   files ──want──▶ board ──follow──▶ host, MCP servers ──▶ hosted, all ──▶ router, tools, menu, schedules
 *   page, chat, command ──restart──▲
 */
export class PluginBoard {
  /** Plugins that can be asked; the host writes it. */
  readonly hosted: ListedRegistry
  /** Those, and the MCP servers that offer tools. */
  readonly all: PluginRegistry
  readonly #servers: McpServers
  readonly #plans: WorkingPlans
  readonly #listeners = new Set<() => void>()
  #wanted: PluginsPlan
  #plan: HostPlan
  #host: PluginHost | undefined

  constructor({ wanted, list, servers }: PluginBoardOptions) {
    this.hosted = list
    this.all = joinRegistries(list, servers.registry)
    this.#servers = servers
    this.#wanted = wanted
    this.#plan = wanted.plan
    this.#plans = new WorkingPlans(wanted.plan)
  }

  /** What the files want. */
  get wanted(): PluginsPlan {
    return this.#wanted
  }

  /** What the host follows: the same, but for plugins that it would break; they keep what worked. */
  get plan(): HostPlan {
    return this.#plan
  }

  /** Says who brings plugins to the plan. */
  runBy(host: PluginHost): void {
    this.#host = host
  }

  /** Calls `listener` whenever the files want something else. */
  onWanted(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Wants other plugins, blocks or grants. Resolves when the host has followed. */
  async want(next: PluginsPlan): Promise<StartReport> {
    this.#wanted = next
    this.#plan = this.#plans.follow(next)
    for (const listener of this.#listeners) listener()
    return this.#running().apply(this.#plan)
  }

  /**
   * Wants a plugin or an MCP server started again, wherever it runs and also when it is parked.
   * @throws PluggramError `plugin-not-found`
   */
  async restart(name: string): Promise<void> {
    if (await this.#servers.restart(name)) return
    const state = this.states().find((item) => item.name === name && item.origin !== 'built-in')
    if (!state) throw new PluggramError('plugin-not-found', `There is no plugin ${name.slice(0, 64)}.`)
    if (state.isolation === 'process' && (await this.#running().restart(name))) return
    const plan = this.#plan
    await this.#running().apply({ ...plan, isEnabled: (other) => other !== name && plan.isEnabled(other) })
    await this.#running().apply(plan)
  }

  /** Resolves when every plugin runs or has failed to start. */
  async whenStarted(): Promise<void> {
    await this.#running().start()
  }

  /** Names of all plugins that are there, on or off. */
  names(): ReadonlySet<string> {
    return new Set(this.states().map(({ name }) => name))
  }

  /** Whether a plugin runs inside the assistant, with all its rights. */
  isInline(name: string): boolean {
    return this.states().some((state) => state.name === name && state.isolation === 'inline')
  }

  /** How the plugins of the host are. */
  states(): readonly PluginState[] {
    return this.#host?.states() ?? []
  }

  /** The same, with what each says of itself. */
  quickStatuses(): Promise<readonly PluginState[]> {
    return this.#host?.quickStatuses() ?? Promise.resolve([])
  }

  /** How the MCP servers are. */
  mounted(): readonly PluginState[] {
    return this.#servers.states().map(mcpPluginState)
  }

  /** What a plugin's schema finds wrong with a block. `undefined` when it does not run. */
  checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined> {
    return this.#running().checkConfig(name, block)
  }

  /** Calls what a plugin provides to others. */
  call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#running().call(plugin, method, args)
  }

  #running(): PluginHost {
    if (this.#host) return this.#host
    throw new PluggramError('plugin-not-found', 'No plugin runs yet.')
  }
}

function joinRegistries(plugins: PluginRegistry, servers: PluginRegistry): PluginRegistry {
  return {
    plugins: () => [...plugins.plugins(), ...servers.plugins()],
    ownerOf: (command) => plugins.ownerOf(command),
    onChange(listener) {
      const stops = [plugins.onChange(listener), servers.onChange(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
