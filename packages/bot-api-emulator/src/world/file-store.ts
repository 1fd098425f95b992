import { randomBytes } from 'node:crypto'
import path from 'node:path'

/** The folders in `file_path`, named as in Telegram. */
export type FileFolder =
  | 'photos'
  | 'documents'
  | 'voice'
  | 'music'
  | 'videos'
  | 'animations'
  | 'video_notes'
  | 'stickers'
  | 'thumbnails'

/** The sender's details of a recording, which the emulator does not decode. */
export interface FileDetails {
  readonly duration?: number
  readonly width?: number
  readonly height?: number
  readonly performer?: string
  readonly title?: string
  readonly emoji?: string
}

export interface StoredFile {
  readonly bytes: Uint8Array
  readonly mimeType: string
  readonly fileName: string
  readonly folder: FileFolder
  /** The same for all file ids of these bytes. */
  readonly uniqueId: string
  /** The `file_path` returned by getFile. */
  readonly path: string
  readonly fileIds: string[]
  /** The details given by the first sender; sending it again by id reuses them. */
  readonly details: FileDetails
}

const EXTENSIONS: Record<string, string> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'audio/ogg': '.oga',
  'audio/mpeg': '.mp3',
  'audio/mp4': '.m4a',
  'video/mp4': '.mp4',
  'application/pdf': '.pdf',
  'text/plain': '.txt',
}

/** Keeps files in memory. The oldest are dropped when the total exceeds the limit. */
export class FileStore {
  readonly #byId = new Map<string, StoredFile>()
  readonly #byPath = new Map<string, StoredFile>()
  readonly #maxBytes: number
  #totalBytes = 0
  #count = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  dump(): readonly StoredFile[] {
    return [...this.#byPath.values()]
  }

  load(files: readonly StoredFile[]): void {
    for (const file of files) {
      this.#byPath.set(file.path, file)
      for (const id of file.fileIds) this.#byId.set(id, file)
      this.#totalBytes += file.bytes.byteLength
      this.#count = Math.max(this.#count, Number(/_(\d+)/.exec(file.path)?.[1] ?? 0) + 1)
    }
    this.#evict()
  }

  add(file: Pick<StoredFile, 'bytes' | 'mimeType' | 'fileName' | 'folder' | 'details'>): StoredFile {
    const extension = safeExtension(file.fileName) || EXTENSIONS[file.mimeType] || ''
    const stored: StoredFile = {
      ...file,
      uniqueId: `AQAD${randomBytes(9).toString('base64url')}`,
      path: `${file.folder}/file_${this.#count}${extension}`,
      fileIds: [],
    }
    this.#count += 1
    this.#byPath.set(stored.path, stored)
    this.#totalBytes += stored.bytes.byteLength
    this.#evict()
    return stored
  }

  /** Creates another opaque id for a file; a photo has one per size. */
  createId(file: StoredFile): string {
    const id = `AgACAgI${randomBytes(45).toString('base64url')}`
    file.fileIds.push(id)
    this.#byId.set(id, file)
    return id
  }

  byId(fileId: string): StoredFile | undefined {
    return this.#byId.get(fileId)
  }

  byPath(filePath: string): StoredFile | undefined {
    return this.#byPath.get(filePath)
  }

  #evict(): void {
    for (const [filePath, file] of this.#byPath) {
      if (this.#totalBytes <= this.#maxBytes || this.#byPath.size === 1) return
      this.#byPath.delete(filePath)
      for (const id of file.fileIds) this.#byId.delete(id)
      this.#totalBytes -= file.bytes.byteLength
    }
  }
}

function safeExtension(fileName: string): string {
  const extension = path.extname(fileName).toLowerCase()
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : ''
}
