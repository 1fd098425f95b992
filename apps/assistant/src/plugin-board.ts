import { pluginTitle } from '@pluggram/sdk/runtime'
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
  /** The plan at startup. */
  readonly wanted: PluginsPlan
  /** The host records in it which plugins accept calls. */
  readonly list: ListedRegistry
  readonly servers: McpServers
}

/**
 * The state of all plugins: which are wanted, running or skipped. To change something about
 * plugins, set it here; the host and the MCP servers follow.
 *
 *   files ──want──▶ board ──follow──▶ host, MCP servers ──▶ hosted, all ──▶ router, tools, menu, schedules
 *   page, chat, command ──restart──▲
 */
export class PluginBoard {
  /** Plugins that accept calls; updated by the host. */
  readonly hosted: ListedRegistry
  /** The same, plus the MCP servers that offer tools. */
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

  /** A plugin's name as people read it, also of one that does not run. */
  readonly titleOf = (name: string): string => {
    const found = this.all.plugins().find(({ descriptor }) => descriptor.name === name)
    return pluginTitle(found?.descriptor ?? this.states().find((state) => state.name === name) ?? { name })
  }

  /** The plan according to the files. */
  get wanted(): PluginsPlan {
    return this.#wanted
  }

  /**
   * The plan that the host follows. Plugins that `wanted` would break keep their last working
   * version.
   */
  get plan(): HostPlan {
    return this.#plan
  }

  /** Sets the host that follows the plan. */
  runBy(host: PluginHost): void {
    this.#host = host
  }

  /** Calls `listener` whenever the wanted plan changes. */
  onWanted(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Sets a new plan of plugins, blocks and grants. Resolves when the host has applied it. */
  async want(next: PluginsPlan): Promise<StartReport> {
    this.#wanted = next
    this.#plan = this.#plans.follow(next)
    for (const listener of this.#listeners) listener()
    return this.#running().apply(this.#plan)
  }

  /**
   * Restarts a plugin or an MCP server, inline or isolated, even if it is parked.
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

  /** Resolves when every plugin is running or has failed to start. */
  async whenStarted(): Promise<void> {
    await this.#running().start()
  }

  /** Names of all installed plugins, on or off. */
  names(): ReadonlySet<string> {
    return new Set(this.states().map(({ name }) => name))
  }

  /** Whether a plugin runs inside the assistant, with full rights. */
  isInline(name: string): boolean {
    return this.states().some((state) => state.name === name && state.isolation === 'inline')
  }

  /** The states of the host's plugins. */
  states(): readonly PluginState[] {
    return this.#host?.states() ?? []
  }

  /** The same, with the result of each plugin's `getStatus`. */
  quickStatuses(): Promise<readonly PluginState[]> {
    return this.#host?.quickStatuses() ?? Promise.resolve([])
  }

  /** The states of the MCP servers. */
  mounted(): readonly PluginState[] {
    return this.#servers.states().map(mcpPluginState)
  }

  /** Validates a block against a plugin's schema. `undefined` if the plugin is not running. */
  checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined> {
    return this.#running().checkConfig(name, block)
  }

  /** Calls a method that a plugin provides to others. */
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
    starterOf: (payload) => plugins.starterOf?.(payload),
    onChange(listener) {
      const stops = [plugins.onChange(listener), servers.onChange(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
