import type { Chat } from '@pluggram/sdk'

/** A conversation: a chat, or a topic of it. */
export function chatKey({ id, topicId }: Pick<Chat, 'id' | 'topicId'>): string {
  return topicId === undefined ? String(id) : `${id}/${topicId}`
}
