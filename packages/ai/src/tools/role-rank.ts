import type { Role } from '@pluggram/sdk'

const RANKS: Readonly<Record<Role, number>> = { everyone: 0, trusted: 1, owner: 2 }

/** Whether somebody with a role may use what asks for another one. Anything that is no role may nothing. */
export function mayUse(role: Role | undefined, needed: Role): boolean {
  const rank = role === undefined ? undefined : RANKS[role]
  return rank !== undefined && rank >= RANKS[needed]
}
