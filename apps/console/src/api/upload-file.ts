import { API_BASE } from './api-client.ts'
import { ApiError, errorFromBody, unreachableError } from './api-error.ts'
import type { TranscriptMessage } from './driver-types.ts'
import { parseMessage } from './parse-driver.ts'

/** The largest file that a Telegram bot can receive. */
export const UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024

export type UploadKind = 'photo' | 'document' | 'voice' | 'audio' | 'video'

export interface FileUpload {
  readonly chatId: number
  readonly userId: number
  readonly kind: UploadKind
  readonly file: File
  readonly caption: string
}

/**
 * Sends a file and reports progress from 0 to 1. Uses XMLHttpRequest, because `fetch` cannot report
 * upload progress.
 */
export function uploadFile(
  upload: FileUpload,
  onProgress: (fraction: number) => void,
): Promise<TranscriptMessage> {
  if (upload.file.size > UPLOAD_LIMIT_BYTES) {
    return Promise.reject(new ApiError(413, 'file-too-large', 'Files may be up to 20 MB.'))
  }
  const form = new FormData()
  form.set('userId', String(upload.userId))
  form.set('kind', upload.kind)
  if (upload.caption !== '') form.set('caption', upload.caption)
  // the file comes last, because the assistant reads the fields first
  form.set('file', upload.file, upload.file.name)

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `${API_BASE}/chats/${upload.chatId}/files`)
    request.responseType = 'json'
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total)
    })
    request.addEventListener('error', () => reject(unreachableError()))
    request.addEventListener('abort', () => reject(unreachableError()))
    request.addEventListener('load', () => {
      const body: unknown = request.response
      if (request.status < 200 || request.status > 299) {
        reject(errorFromBody(request.status, body))
        return
      }
      try {
        resolve(parseMessage(body))
      } catch (error) {
        reject(error)
      }
    })
    request.send(form)
  })
}
