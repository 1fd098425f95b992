import { DeliveryError } from '@pluggram/sdk'
import type { Media } from '@pluggram/sdk'

export type MediaField = Media['kind']
export const MEDIA_FIELDS: readonly MediaField[] = ['photo', 'document', 'voice', 'audio', 'video']
/** A file to upload. */
export interface FileBytes {
  readonly bytes: Uint8Array
  readonly fileName: string
}

export type MediaMethod = 'sendPhoto' | 'sendDocument' | 'sendVoice' | 'sendAudio' | 'sendVideo'

const METHODS: Readonly<Record<MediaField, MediaMethod>> = {
  photo: 'sendPhoto',
  document: 'sendDocument',
  voice: 'sendVoice',
  audio: 'sendAudio',
  video: 'sendVideo',
}

/** The method that sends this kind of media. */
export function mediaMethod({ kind }: Media): MediaMethod {
  const method = METHODS[kind]
  if (!method) throw invalid(`its media is of the unknown kind "${String(kind)}"`)
  return method
}

/**
 * The value for a file's parameter. URLs are checked, since a Bot API server run by the owner would
 * read `file://` from its own disk.
 */
export function mediaSource({ kind, source, fileName }: Media): FileBytes | string {
  if (source instanceof Uint8Array) return { bytes: source, fileName: fileName ?? kind }
  if ('url' in source) {
    const protocol = URL.parse(source.url)?.protocol
    if (protocol !== 'https:' && protocol !== 'http:')
      throw invalid('the address of its media is not http(s)')
    return source.url
  }
  if (!/^[\w-]+$/.test(source.fileId)) throw invalid('the fileId of its media is none of Telegram’s')
  return source.fileId
}

function invalid(reason: string): DeliveryError {
  return new DeliveryError('reply-invalid', `The reply cannot be sent: ${reason}`)
}
