import type { Role } from '@pluggram/sdk'
import type { PluginState } from './plugin-state.ts'

/**
 * Who may use a tool that does not say it: what others wrote is for the owner until its author says
 * otherwise.
 */
export function toolRoleOf(origin: PluginState['origin']): Role {
  return origin === 'shipped' || origin === 'built-in' ? 'everyone' : 'owner'
}
