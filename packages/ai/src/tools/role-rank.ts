import type { Role } from '@pluggram/sdk'

const RANKS: Readonly<Record<Role, number>> = { everyone: 0, trusted: 1, owner: 2 }

/** Whether a user's role is at least the needed one. An unknown role has no rights. */
export function mayUse(role: Role | undefined, needed: Role): boolean {
  const rank = role === undefined ? undefined : RANKS[role]
  return rank !== undefined && rank >= RANKS[needed]
}
