import type { McpServerState, McpSettings } from '@pluggram/mcp'
import type { AssistantSettings } from '@pluggram/config'
import type { PluginState } from '@pluggram/host'

/** Converts `mcp.servers`, where each server has either a command or an address. */
export function mcpSettings(servers: AssistantSettings['mcp']['servers']): McpSettings {
  return Object.fromEntries(
    Object.entries(servers).map(([name, { command, args, env, url = '', headers, role }]) => [
      name,
      command === undefined ? { url, headers, role } : { command, args, env, role },
    ]),
  )
}

/** An MCP server's state as shown with the plugins in `/readyz` and `/status`. */
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
