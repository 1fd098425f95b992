import type { PluginState } from '@pluggram/host'
import type { Found } from '@pluggram/observability'
import type { PluginBoard } from './plugin-board.ts'

/** A plugin that crashed so often that it waits for its owner. What it threw may quote people; the log has it. */
export function findParked(
  { name, state, origin }: PluginState,
  board: Pick<PluginBoard, 'titleOf'>,
): Found | undefined {
  if (state !== 'parked') return undefined
  const kind = origin === 'mcp' ? 'MCP server' : 'plugin'
  return {
    id: `plugin.parked:${name}`,
    severity: 'error',
    what: `${board.titleOf(name)} is parked: the ${kind} "${name}" answers nothing.`,
    why: 'It crashed again and again within a few minutes.',
    fix: `Look for the cause: pluggram logs. Then restart it: pluggram plugins restart ${name}.`,
  }
}
