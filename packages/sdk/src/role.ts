/**
 * A user's role, most powerful first. An owner runs the assistant. A trusted user may use what the
 * owner reserves for trusted people. Everyone else may chat as far as the owner allows.
 */
export type Role = 'owner' | 'trusted' | 'everyone'

const RANKS: Readonly<Record<Role, number>> = { everyone: 0, trusted: 1, owner: 2 }

/** Whether somebody with `role` may use what is for people with the role `needed` and above. */
export function hasRole(role: Role, needed: Role): boolean {
  return RANKS[role] >= RANKS[needed]
}

/**
 * What somebody reads who may not use something, in the same words everywhere.
 * @param needed the role that it takes
 * @param where `groups` if others may use it in private chats
 */
export function refusalFor(needed: Role, where?: 'groups'): string {
  const who = needed === 'owner' ? 'the owner' : 'the owner and trusted people'
  return where === 'groups' ? `In a group, only ${who} can do that.` : `Only ${who} can do that.`
}
