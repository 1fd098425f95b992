import { createHash } from 'node:crypto'
import { withAddresses } from '@pluggram/plugin-kit/linked-text'
import type { Attachment, MessageContext } from '@pluggram/sdk'
import type { Asked } from './history-window.ts'

/** What is stored of the message that a question came from, so that an edit of it can be told. */
export function askedBy({ message, user }: Pick<MessageContext, 'message' | 'user'>): Asked {
  const { albumId } = message
  return {
    ...albumOf(message),
    by: user.id,
    mark: markOf(message),
    ...(albumId !== undefined && { albumId }),
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

type Message = MessageContext['message']

/** Whether two messages are one, or parts of one album. */
export function isSameQuestion(asked: Pick<Message, 'id' | 'parts' | 'albumId'>, message: Message): boolean {
  if (asked.id === message.id || asked.parts?.includes(message.id) === true) return true
  return asked.albumId !== undefined && asked.albumId === message.albumId
}

/**
 * An edited part of an album, and one that came late, come alone: the message with everything that the
 * album has. Only the chatbot writes what is stored of an album.
 */
export function withAlbum(
  message: Message,
  { ids, album, caption = '' }: Pick<Asked, 'ids' | 'album' | 'caption'>,
): Message {
  const [own] = message.attachments
  if (!album || !own) return message
  const whole = { ...message, id: ids[0] ?? message.id }
  const at = ids.indexOf(message.id)
  if (at !== -1) return { ...whole, attachments: (album as Attachment[]).with(at, own), parts: ids }
  if (message.isEdited) return message
  const said = [caption, withAddresses(message.text, message.entities)]
  return {
    ...whole,
    text: said.filter((text) => text !== '').join('\n\n'),
    entities: [],
    attachments: [...(album as Attachment[]), ...message.attachments],
    parts: [...ids, ...(message.parts ?? [message.id])],
  }
}

/**
 * Apps show an album as one message, and an answer to it is one to its first part: all its pictures
 * are meant. An answer to another part is about that part.
 */
export function answeringAlbum(message: Message, known: Pick<Asked, 'ids' | 'album'> | undefined): Message {
  const { replyTo } = message
  if (!replyTo || !known?.album || known.ids[0] !== replyTo.id) return message
  return { ...message, replyTo: { ...replyTo, attachments: known.album as Attachment[] } }
}

/** Which pictures of an album its captions belong to, for the model; '' when that is clear. */
export function captionPlaces({ captionedParts, parts = [] }: Message): string {
  if (!captionedParts) return ''
  const places = captionedParts.map((index) => index + 1)
  return `[an album of ${parts.length}; the captions belong, in this order, to number ${places.join(', ')}]`
}

/** What is known of an album that was asked about. */
export function albumOf({
  id,
  parts,
  attachments,
  text,
  entities,
}: Message): Pick<Asked, 'ids' | 'album' | 'caption'> {
  return {
    ids: [...(parts ?? [id])],
    ...(parts && { album: [...attachments], caption: withAddresses(text, entities) }),
  }
}
