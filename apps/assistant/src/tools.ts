import { APPROVALS_PLUGIN, createTools } from '@pluggram/ai'
import { createMcpServers } from '@pluggram/mcp'
import type { CallTool, Tools } from '@pluggram/ai'
import type { McpServers, McpServerState, McpSettings } from '@pluggram/mcp'
import type { AssistantSettings, LiveSettings } from '@pluggram/config'
import type { PluginState } from '@pluggram/host'
import type { Logger } from '@pluggram/sdk'
import type { PluginRegistry, PostOffice } from '@pluggram/sdk/runtime'
import { createStore } from '@pluggram/services'
import type { PluginStores } from '@pluggram/storage'
import { guardTools, pluginsOn } from './guard-tools.ts'
import type { ToolGuards } from './guard-tools.ts'

export interface ToolsOptions {
  readonly home: string
  readonly dataFolder: string
  readonly settings: LiveSettings
  readonly stores: PluginStores
  readonly post: () => PostOffice
  readonly plugins: () => PluginRegistry
  readonly guards: ToolGuards
  readonly logger: Logger
}

/** What the model can call: the tools of plugins and of MCP servers. */
export interface AssistantTools {
  readonly tools: Tools
  readonly mcp: McpServers
  /** Plugins and MCP servers. */
  readonly registry: PluginRegistry
  /** Makes every call of a tool, also those over MCP. */
  readonly callTool: CallTool
}

/** Prepares tools; nothing is started yet. */
export function prepareTools(options: ToolsOptions): AssistantTools {
  const { home, dataFolder, settings, stores, post, logger, plugins } = options
  const mcp = createMcpServers({ home, dataFolder, logger })
  const toolSettings = settings.at('ai', 'tools')
  const registry = joinRegistries(plugins, mcp.registry)
  const callTool = guardTools(options.guards)
  const tools = createTools({
    registry: pluginsOn(registry, options.guards.access),
    callTool,
    settings: () => toolSettings.now,
    totalSeconds: () => settings.now.ai.timeouts.totalSeconds,
    store: createStore(stores.forPlugin(APPROVALS_PLUGIN)),
    async send(chat, reply) {
      const { sent } = await post().post({
        plugin: APPROVALS_PLUGIN,
        chat,
        replies: [reply],
        isBroadcast: false,
      })
      await sent
    },
    logger,
  })
  return { tools, mcp, registry, callTool }
}

/** `mcp.servers` with what each server has: a command or an address. */
export function mcpSettings(servers: AssistantSettings['mcp']['servers']): McpSettings {
  return Object.fromEntries(
    Object.entries(servers).map(([name, { command, args, env, url = '', headers, role }]) => [
      name,
      command === undefined ? { url, headers, role } : { command, args, env, role },
    ]),
  )
}

/** An MCP server beside the plugins, in `/readyz` and `/status`. */
export function mcpPluginState({ name, state, problem }: McpServerState): PluginState {
  return {
    name,
    origin: 'mcp',
    isolation: 'process',
    state,
    crashes: 0,
    effects: [],
    ...(problem !== undefined && {
      problem: { plugin: name, severity: 'warning', code: 'plugin-crashed', message: problem },
    }),
  }
}

function joinRegistries(plugins: () => PluginRegistry, servers: PluginRegistry): PluginRegistry {
  return {
    plugins: () => [...plugins().plugins(), ...servers.plugins()],
    ownerOf: (command) => plugins().ownerOf(command),
    onChange(listener) {
      const stops = [plugins().onChange(listener), servers.onChange(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
