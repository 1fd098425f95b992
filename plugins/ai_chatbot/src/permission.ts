import type { MessageContext, PluginResult, Role } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { TEXTS } from './texts.ts'

const RANKS: Readonly<Record<Role, number>> = { everyone: 0, trusted: 1, owner: 2 }

/** Whether a user may change how the assistant behaves in a chat. */
export function mayChange({ role }: Pick<MessageContext, 'role'>, { persona_role }: Configuration): boolean {
  return RANKS[role] >= RANKS[persona_role]
}

/** The answer to everybody else. */
export function refusal(config: Configuration): PluginResult {
  return { success: false, error: TEXTS.onlyCanChange(whoMay(config)) }
}

export function whoMay({ persona_role }: Configuration): string {
  return persona_role === 'owner' ? 'the owner' : 'the owner and trusted people'
}
