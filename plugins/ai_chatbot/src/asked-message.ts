import { createHash } from 'node:crypto'
import type { Attachment, MessageContext } from '@pluggram/sdk'
import type { Asked } from './history-window.ts'

/** What is stored of the message that a question came from, so that an edit of it can be told. */
export function askedBy({ message, user }: Pick<MessageContext, 'message' | 'user'>): Asked {
  const { id, parts, attachments } = message
  return {
    ids: [...(parts ?? [id])],
    by: user.id,
    mark: markOf(message),
    ...(parts && { album: [...attachments] }),
  }
}

/** The same message has the same mark, whatever Telegram calls its files this time. */
export function markOf({ text, attachments }: MessageContext['message']): string {
  const files = attachments.map(({ ...attachment }) => ({ ...attachment, fileId: undefined }))
  return createHash('sha256')
    .update(JSON.stringify([text, files]))
    .digest('base64url')
    .slice(0, 16)
}

/**
 * An edited part of an album comes alone: the message with everything that the album has. Only the
 * chatbot writes what is stored of an album.
 */
export function withAlbum(
  message: MessageContext['message'],
  { ids, album }: Pick<Asked, 'ids' | 'album'>,
): MessageContext['message'] {
  const at = ids.indexOf(message.id)
  const [own] = message.attachments
  if (!album || at === -1 || !own) return message
  const attachments = (album as Attachment[]).with(at, own)
  return { ...message, id: ids[0] ?? message.id, attachments, parts: ids }
}
