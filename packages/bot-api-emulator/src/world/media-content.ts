import type { TelegramDocument, TelegramMessage, TelegramPhotoSize } from '@gramio/types'
import type { FileDetails, FileFolder, FileStore, StoredFile } from './file-store.ts'
import { readImageSize } from './image-size.ts'

export interface MediaFile {
  readonly bytes: Uint8Array
  readonly fileName: string
  readonly mimeType: string
}

export type MediaKind =
  | 'photo'
  | 'document'
  | 'voice'
  | 'audio'
  | 'video'
  | 'animation'
  | 'video_note'
  | 'sticker'

/** The folder in `file_path` for each kind. */
export const FOLDERS: Record<MediaKind, FileFolder> = {
  photo: 'photos',
  document: 'documents',
  voice: 'voice',
  audio: 'music',
  video: 'videos',
  animation: 'animations',
  video_note: 'video_notes',
  sticker: 'stickers',
}
/** The longer sides of a photo's smaller sizes. */
const PHOTO_SIDES = [90, 320]
const UNKNOWN_SIZE = { width: 512, height: 512 }

/** Stores the bytes and returns the message fields for them. */
export function storeMedia(
  files: FileStore,
  kind: MediaKind,
  file: MediaFile,
  details: FileDetails = {},
): Partial<TelegramMessage> {
  return mediaContent(
    files,
    kind,
    files.add({
      bytes: file.bytes,
      fileName: file.fileName,
      mimeType: file.mimeType,
      folder: FOLDERS[kind],
      details,
    }),
  )
}

/** The message fields for a stored file. */
export function mediaContent(files: FileStore, kind: MediaKind, file: StoredFile): Partial<TelegramMessage> {
  const { details } = file
  const size = readImageSize(file.bytes) ?? UNKNOWN_SIZE
  const base = {
    file_id: files.createId(file),
    file_unique_id: file.uniqueId,
    file_size: file.bytes.byteLength,
  }
  const duration = details.duration ?? 0
  const frame = { width: details.width ?? size.width, height: details.height ?? size.height, duration }
  const mime = { mime_type: file.mimeType }
  const name = { file_name: file.fileName }
  switch (kind) {
    case 'photo':
      return { photo: photoSizes(files, file, size) }
    case 'document':
      return { document: document(base, file) }
    case 'voice':
      return { voice: { ...base, ...mime, duration } }
    case 'audio':
      return {
        audio: {
          ...base,
          ...mime,
          ...name,
          duration,
          ...(details.performer !== undefined && { performer: details.performer }),
          ...(details.title !== undefined && { title: details.title }),
        },
      }
    case 'video':
      return { video: { ...base, ...mime, ...name, ...frame } }
    case 'animation':
      return { animation: { ...base, ...mime, ...name, ...frame }, document: document(base, file) }
    case 'video_note':
      return { video_note: { ...base, duration, length: frame.width } }
    case 'sticker':
      return {
        sticker: {
          ...base,
          type: 'regular',
          width: size.width,
          height: size.height,
          is_animated: file.fileName.endsWith('.tgs'),
          is_video: file.mimeType === 'video/webm',
          ...(details.emoji !== undefined && { emoji: details.emoji }),
        },
      }
  }
}

function document(
  base: { file_id: string; file_unique_id: string; file_size: number },
  file: StoredFile,
): TelegramDocument {
  return { ...base, file_name: file.fileName, mime_type: file.mimeType }
}

/** Three sizes, as in Telegram, but all with the same bytes. */
function photoSizes(
  files: FileStore,
  file: StoredFile,
  full: { width: number; height: number },
): TelegramPhotoSize[] {
  const longest = Math.max(full.width, full.height, 1)
  return [...PHOTO_SIDES, longest].map((side) => {
    const scale = Math.min(1, side / longest)
    return {
      file_id: files.createId(file),
      file_unique_id: `${file.uniqueId}${side}`,
      file_size: file.bytes.byteLength,
      width: Math.max(1, Math.round(full.width * scale)),
      height: Math.max(1, Math.round(full.height * scale)),
    }
  })
}
