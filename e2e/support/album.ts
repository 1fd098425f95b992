import { setTimeout as sleep } from 'node:timers/promises'
import type { TranscriptMessage } from '@pluggram/bot-api-emulator'

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

/** One message of an album. Default: a photo without a caption. */
export interface AlbumPart {
  readonly caption?: string
  readonly replyToMessageId?: number
  /** The text of a text file, in place of a photo. */
  readonly note?: string
}

/** The id of an album that no other test uses. */
export function newAlbum(): string {
  return crypto.randomUUID()
}

/** Sends parts of an album one after another, as an app does. */
export async function sendAlbum(
  emulator: { readonly url: string },
  to: { readonly chatId: number; readonly userId: number; readonly albumId?: string },
  parts: readonly AlbumPart[],
  gapMs = 0,
): Promise<TranscriptMessage[]> {
  const { chatId, userId, albumId = newAlbum() } = to
  const sent: TranscriptMessage[] = []
  for (const { caption, replyToMessageId, note } of parts) {
    if (sent.length > 0) await sleep(gapMs)
    const form = new FormData()
    form.set('userId', String(userId))
    form.set('albumId', albumId)
    form.set('kind', note === undefined ? 'photo' : 'document')
    if (caption !== undefined) form.set('caption', caption)
    if (replyToMessageId !== undefined) form.set('replyToMessageId', String(replyToMessageId))
    const file =
      note === undefined
        ? new File([new Uint8Array(PIXEL)], 'a.png', { type: 'image/png' })
        : new File([note], `note-${sent.length + 1}.txt`, { type: 'text/plain' })
    form.set('file', file)
    const response = await fetch(`${emulator.url}/emulator/chats/${chatId}/files`, {
      method: 'POST',
      body: form,
    })
    if (!response.ok) throw new Error(`a part was refused: ${response.status} ${await response.text()}`)
    sent.push((await response.json()) as TranscriptMessage)
  }
  return sent
}
