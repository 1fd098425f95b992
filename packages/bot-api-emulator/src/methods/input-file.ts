import { badRequest } from '../bot-api-error.ts'
import type { MethodCall } from '../method-registry.ts'
import type { FileDetails, StoredFile } from '../world/file-store.ts'
import { readImageSize } from '../world/image-size.ts'
import type { MediaKind } from '../world/media-content.ts'
import { FOLDERS } from '../world/media-content.ts'

const ATTACH = 'attach://'
const MAX_PHOTO_BYTES = 10 * 1024 * 1024
const MAX_PHOTO_SIDES = 10_000
/** The names of file kinds in Telegram's errors, by folder. */
const KIND_NAMES: Record<string, string> = {
  photos: 'Photo',
  documents: 'Document',
  voice: 'VoiceNote',
  music: 'Audio',
  videos: 'Video',
  animations: 'Animation',
  video_notes: 'VideoNote',
  stickers: 'Sticker',
  thumbnails: 'Thumbnail',
}

/** The file that a parameter names: an upload of this call, an earlier file, or a web address. */
export async function takeInputFile(
  call: MethodCall,
  kind: MediaKind,
  value: unknown,
  details: FileDetails = {},
): Promise<StoredFile> {
  const reference = String(value)
  const { files } = call.emulation.world
  if (reference === '') throw badRequest(`there is no ${kind.replace('_', ' ')} in the request`)
  if (!reference.startsWith(ATTACH) && !/^https?:\/\//i.test(reference)) return known(call, kind, reference)
  const upload = reference.startsWith(ATTACH)
    ? call.uploads.get(reference.slice(ATTACH.length))
    : await call.emulation.fetchFile(reference)
  if (!upload) throw badRequest(`there is no ${kind.replace('_', ' ')} in the request`)
  if (upload.bytes.byteLength === 0) throw badRequest('file must be non-empty')
  if (kind === 'photo') checkPhoto(upload.bytes)
  return files.add({
    bytes: upload.bytes,
    fileName: upload.fileName,
    mimeType: upload.mimeType,
    folder: FOLDERS[kind],
    details,
  })
}

function known(call: MethodCall, kind: MediaKind, fileId: string): StoredFile {
  const file = call.emulation.world.files.byId(fileId)
  if (!file) throw badRequest('wrong file identifier/HTTP URL specified')
  if (file.folder !== FOLDERS[kind]) {
    throw badRequest(`can't use file of type ${KIND_NAMES[file.folder]} as ${KIND_NAMES[FOLDERS[kind]]}`)
  }
  return file
}

function checkPhoto(bytes: Uint8Array): void {
  if (bytes.byteLength > MAX_PHOTO_BYTES) {
    throw badRequest(
      `file of size ${bytes.byteLength} bytes is too big for a photo; the maximum size is ${MAX_PHOTO_BYTES} bytes`,
    )
  }
  const size = readImageSize(bytes)
  if (!size) throw badRequest('IMAGE_PROCESS_FAILED')
  const ratio = Math.max(size.width, size.height) / Math.max(1, Math.min(size.width, size.height))
  if (size.width + size.height > MAX_PHOTO_SIDES || ratio > 20) throw badRequest('PHOTO_INVALID_DIMENSIONS')
}
