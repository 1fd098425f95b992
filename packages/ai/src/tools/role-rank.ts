import { hasRole } from '@pluggram/sdk'
import type { Role } from '@pluggram/sdk'

/** Whether a user's role is at least the needed one. An unknown role has no rights. */
export function mayUse(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && hasRole(role, needed)
}
