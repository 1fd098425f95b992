import type { Attachment, ModelFile } from '@pluggram/sdk'

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

/** “the picture”, “the files” … */
export function fileNames(files: readonly ModelFile[]): string {
  const isPictures = files.every(({ mediaType }) => mediaType.startsWith('image/'))
  return `the ${isPictures ? 'picture' : 'file'}${files.length > 1 ? 's' : ''}`
}
