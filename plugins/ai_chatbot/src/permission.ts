import { hasRole, refusalFor } from '@pluggram/sdk'
import type { MessageContext, PluginResult } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'

/** Whether a user may change how the assistant behaves in a chat. */
export function mayChange({ role }: Pick<MessageContext, 'role'>, { persona_role }: Configuration): boolean {
  return hasRole(role, persona_role)
}

/** The answer to everybody else. */
export function refusal({ persona_role }: Configuration): PluginResult {
  return { success: false, error: refusalFor(persona_role) }
}
