import { isPluggramError } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { FileBytes, MediaField } from './media.ts'
import type { WayTools } from './other-ways.ts'

/**
 * Fetches an address for a plugin's message, with the limits of the plugin's own requests.
 * @throws when the address may not be asked for, or does not answer
 */
export type FetchFile = (
  address: string,
  options: { readonly plugin: string | undefined; readonly signal: AbortSignal },
) => Promise<Response>

/** The content types that can be sent as each kind of file. Servers often name none. */
const TYPES: Readonly<Record<MediaField, RegExp>> = {
  photo: /^image\//i,
  video: /^video\//i,
  audio: /^(?:audio\/|application\/ogg)/i,
  voice: /^(?:audio\/|application\/ogg)/i,
  document: /./,
}
const UNNAMED = /^(?:application\/octet-stream|binary\/octet-stream)?(?:;|$)/i
const MAX_NAME = 64

/** The fetching of one message's file. What goes wrong is logged: the words go out anyway. */
export function fetchFileOnce(
  fetchFile: FetchFile | undefined,
  options: Parameters<FetchFile>[1],
  logger: Logger,
): WayTools['fetchFile'] {
  return async (address, kind) => {
    if (!fetchFile) return undefined
    try {
      const response = await fetchFile(address, options)
      const type = response.headers.get('content-type') ?? ''
      const isFit = UNNAMED.test(type) || TYPES[kind].test(type)
      if (!response.ok || !isFit) {
        logger.info('an address leads to no file that can be sent', { status: response.status, type, kind })
        return undefined
      }
      const bytes = new Uint8Array(await response.arrayBuffer())
      return bytes.length > 0 ? { bytes, fileName: nameOf(address, kind) } : undefined
    } catch (error) {
      if (options.signal.aborted) throw error
      const reason = isPluggramError(error) ? error.message : 'the address did not answer'
      logger.info('could not fetch a file of a message', { error: reason })
      return undefined
    }
  }
}

/** The last part of the address, where it is a file's name. */
function nameOf(address: string, kind: MediaField): FileBytes['fileName'] {
  const last = URL.parse(address)?.pathname.split('/').at(-1) ?? ''
  return /^[\w.-]+$/.test(last) ? last.slice(-MAX_NAME) : kind
}
