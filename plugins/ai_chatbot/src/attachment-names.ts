import type { Attachment } from '@pluggram/sdk'

const NAMES: Readonly<Record<Attachment['kind'], string>> = {
  photo: 'a photo',
  document: 'a file',
  voice: 'a voice message',
  audio: 'an audio file',
  video: 'a video',
  sticker: 'a sticker',
  location: 'a location',
  contact: 'a contact',
  dice: 'a dice',
}

/** “a photo”, “a voice message and a file” … */
export function attachmentNames(attachments: readonly Attachment[]): string {
  const kinds = [...new Set(attachments.map(({ kind }) => kind))]
  return kinds.map((kind) => NAMES[kind]).join(' and ')
}
