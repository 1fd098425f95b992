import type { TranscriptMessage } from '../api/driver-types.ts'

/**
 * Inserts a message in order, replacing one with the same id. Returns the same list if nothing
 * changes.
 */
export function upsertMessage(
  messages: readonly TranscriptMessage[],
  message: TranscriptMessage,
): readonly TranscriptMessage[] {
  const last = messages.at(-1)
  if (last === undefined || last.id < message.id) return [...messages, message]
  const index = messages.findIndex((candidate) => candidate.id >= message.id)
  const isKnown = messages[index]?.id === message.id
  return messages.toSpliced(index, isKnown ? 1 : 0, message)
}

export function removeMessage(
  messages: readonly TranscriptMessage[],
  messageId: number,
): readonly TranscriptMessage[] {
  return messages.some((message) => message.id === messageId)
    ? messages.filter((message) => message.id !== messageId)
    : messages
}

/** Each person has at most one reaction on a message. */
export function setReaction(
  message: TranscriptMessage,
  userId: number,
  emoji: string | null,
): TranscriptMessage {
  const others = message.reactions.filter((reaction) => reaction.userId !== userId)
  return { ...message, reactions: emoji === null ? others : [...others, { emoji, userId }] }
}

/** How many of the bot's messages came after `lastId`. */
export function countBotMessagesAfter(messages: readonly TranscriptMessage[], lastId: number): number {
  return messages.filter((message) => message.fromBot && message.id > lastId).length
}
