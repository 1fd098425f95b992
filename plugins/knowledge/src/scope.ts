import type { MessageContext } from '@pluggram/sdk'

/**
 * Who may see a document: everybody, a group (`chat:ID`), or a user (`user:ID`) in their private
 * chat only.
 */
export type Scope = 'everyone' | `chat:${number}` | `user:${number}`

type Place = Pick<MessageContext, 'chat' | 'user'>

/** The chat's own scope: of the group, or in a private chat of the user. */
export function ownScope({ chat, user }: Place): Scope {
  return chat.type === 'private' ? `user:${user.id}` : `chat:${chat.id}`
}

/**
 * All scopes that a chat may see. A user's documents are never shown in a group, nor a group's
 * anywhere else.
 */
export function visibleScopes(place: Place): Scope[] {
  // a call from outside a chat has no user either
  return place.user.id === 0 ? ['everyone'] : ['everyone', ownScope(place)]
}

/** `Only you`, `this group`, `everybody`: for people to read. */
export function describeScope(scope: string): string {
  if (scope === 'everyone') return 'everybody'
  return scope.startsWith('user:') ? 'only you' : 'this group'
}
