import type { Role } from '@pluggram/sdk'
import type { PluginState } from '../plugin-state.ts'

/**
 * Who may use a tool that sets no role. Tools of third-party plugins are for the owner only, unless
 * their author says otherwise.
 */
export function toolRoleOf(origin: PluginState['origin']): Role {
  return origin === 'shipped' || origin === 'built-in' ? 'everyone' : 'owner'
}
