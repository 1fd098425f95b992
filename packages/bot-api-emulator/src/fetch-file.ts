import { badRequest } from './bot-api-error.ts'
import { MAX_DOWNLOAD_BYTES } from './options.ts'
import type { Upload } from './upload.ts'

const TIMEOUT_MS = 15_000

/** Downloads a file by its web address, as Telegram does. */
export async function fetchFile(address: string): Promise<Upload> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`)
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body) {
      size += chunk.byteLength
      if (size > MAX_DOWNLOAD_BYTES) throw new Error('too big')
      chunks.push(chunk)
    }
    const [mimeType = ''] = (response.headers.get('content-type') ?? 'application/octet-stream').split(';')
    const fileName = new URL(address).pathname.split('/').at(-1) || 'file'
    return { bytes: Buffer.concat(chunks), fileName, mimeType: mimeType.trim() }
  } catch {
    // no details, because the bot could use them to probe this machine's network
    throw badRequest('failed to get HTTP URL content')
  }
}

/** The default: the emulator makes no connections of its own. */
export async function refuseToFetch(): Promise<Upload> {
  throw badRequest('failed to get HTTP URL content')
}
