import type { MessageContext } from '@pluggram/sdk'

/** Whose documents: everybody's, a group's (`chat:ID`), or a user's (`user:ID`), seen in that user's private chat only. */
export type Scope = 'everyone' | `chat:${number}` | `user:${number}`

type Place = Pick<MessageContext, 'chat' | 'user'>

/** The scope that belongs to a chat: a group's own, in a private chat the user's. */
export function ownScope({ chat, user }: Place): Scope {
  return chat.type === 'private' ? `user:${user.id}` : `chat:${chat.id}`
}

/** All that may be told in a chat. A user's documents are never told in a group, nor a group's anywhere else. */
export function visibleScopes(place: Place): Scope[] {
  // a call that came from no chat has no user either
  return place.user.id === 0 ? ['everyone'] : ['everyone', ownScope(place)]
}

/** `Only you`, `this group`, `everybody`: for people to read. */
export function describeScope(scope: string): string {
  if (scope === 'everyone') return 'everybody'
  return scope.startsWith('user:') ? 'only you' : 'this group'
}
