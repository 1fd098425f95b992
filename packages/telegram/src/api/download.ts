import { DeliveryError } from '@pluggram/sdk'
import type { Api } from 'grammy'
import { toGrammySignal } from './api.ts'
import type { TelegramApi } from './api.ts'
import { cancelledError, TelegramError, transportError } from './errors.ts'

/** Bot API: getFile, "bots can download files of up to 20MB in size". */
export const DOWNLOAD_LIMIT = 20 * 1024 * 1024

/**
 * Reads a file's bytes. The file's address contains the token, so errors of fetch are not passed
 * on.
 */
export async function downloadFile(
  api: TelegramApi,
  fileId: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { file_path: path, file_size: size = 0 } = await findFile(api, fileId, signal)
  if (size > DOWNLOAD_LIMIT) throw tooLarge()
  if (path === undefined) throw gone()
  try {
    const response = await api.fetch(fileAddress(api, path), { signal, redirect: 'error' })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      if (response.status >= 500) throw transportError('file download', { wasSent: true })
      throw gone()
    }
    return await readLimited(response.body)
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    if (signal.aborted) throw cancelledError('file download', { wasSent: true })
    throw transportError('file download', { error, wasSent: true })
  }
}

async function findFile(
  api: Api,
  fileId: string,
  signal: AbortSignal,
): Promise<{ file_path?: string; file_size?: number }> {
  try {
    return await api.getFile(fileId, toGrammySignal(signal))
  } catch (error) {
    if (error instanceof TelegramError && /too big/i.test(error.description ?? '')) throw tooLarge()
    throw error
  }
}

async function readLimited(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    // Throwing out of the loop aborts the download.
    if (length > DOWNLOAD_LIMIT) throw tooLarge()
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks, length))
}

/** `<root>/file/bot<token>/<path>`, with each segment of the path escaped. */
function fileAddress(api: Api, path: string): string {
  const segments = path.split('/')
  if (path.startsWith('/') || segments.some((segment) => segment === '' || /^\.\.?$/.test(segment))) {
    throw new DeliveryError(
      'delivery-failed',
      'The Bot API server keeps this file on its own disk (--local); run it without --local to download files',
    )
  }
  const root = api.options?.apiRoot ?? 'https://api.telegram.org'
  return `${root}/file/bot${api.token}/${segments.map(encodeURIComponent).join('/')}`
}

function tooLarge(): DeliveryError {
  return new DeliveryError(
    'delivery-failed',
    'The file is too large: Telegram lets bots download up to 20 MB',
  )
}

function gone(): DeliveryError {
  return new DeliveryError('delivery-failed', 'Telegram no longer has this file; ask for it again')
}
