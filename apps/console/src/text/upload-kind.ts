import type { UploadKind } from '../api/upload-file.ts'

/** Pictures that Telegram compresses to a photo; others (SVG, HEIC …) are sent as files. */
const PHOTO_TYPES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/bmp',
])

/** The kind that a file is sent as. */
export function uploadKindOf(file: { readonly type: string }, as: 'media' | 'document'): UploadKind {
  if (as === 'document') return 'document'
  if (PHOTO_TYPES.has(file.type)) return 'photo'
  if (file.type.startsWith('video/')) return 'video'
  return file.type.startsWith('audio/') ? 'audio' : 'document'
}
