import type { Attachment, Preview } from '@pluggram/sdk'
import type { RawMedia } from './raw-media.ts'

interface RawFile {
  readonly file_id: string
  readonly file_size?: number | undefined
  readonly file_name?: string | undefined
  readonly mime_type?: string | undefined
  readonly thumbnail?: RawPicture | undefined
}

type RawPicture = NonNullable<RawMedia['photo']>[number]

/** A message's attachments, as plugins see them. */
export function readAttachments(message: RawMedia): Attachment[] {
  return [...readFiles(message), ...readOthers(message)]
}

function readFiles(message: RawMedia): Attachment[] {
  const { animation, document, voice, audio, video, video_note: videoNote, sticker } = message
  const attachments: Attachment[] = []
  // a live photo has its photo beside it, for clients that know none
  const photo = readPhoto(message.photo ?? message.live_photo?.photo)
  if (photo) attachments.push(photo)
  if (document && !animation) attachments.push({ kind: 'document', ...fileMembers(document) })
  if (voice) attachments.push({ kind: 'voice', ...fileMembers(voice), duration: voice.duration })
  if (audio) {
    attachments.push({
      kind: 'audio',
      ...fileMembers(audio),
      duration: audio.duration,
      ...(audio.title !== undefined && { title: audio.title }),
    })
  }
  for (const film of [animation, video]) {
    if (!film) continue
    const { width, height, duration } = film
    attachments.push({ kind: 'video', ...fileMembers(film), width, height, duration })
  }
  if (videoNote) {
    // A round video message is square: `length` is its diameter.
    const { length, duration } = videoNote
    attachments.push({ kind: 'video', ...fileMembers(videoNote), width: length, height: length, duration })
  }
  if (sticker) {
    attachments.push({
      kind: 'sticker',
      ...fileMembers(sticker),
      ...(sticker.emoji !== undefined && { emoji: sticker.emoji }),
    })
  }
  return attachments
}

function readOthers({ location, contact, dice }: RawMedia): Attachment[] {
  const attachments: Attachment[] = []
  if (location) {
    attachments.push({ kind: 'location', latitude: location.latitude, longitude: location.longitude })
  }
  if (contact) {
    const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ')
    const { phone_number: phoneNumber, vcard } = contact
    attachments.push({ kind: 'contact', phoneNumber, name, ...(vcard && { vcard }) })
  }
  if (dice) attachments.push({ kind: 'dice', emoji: dice.emoji, value: dice.value })
  return attachments
}

function readPhoto(sizes: RawMedia['photo']): Attachment | undefined {
  const [photo, ...smaller] = (sizes ?? []).toSorted((a, b) => b.width * b.height - a.width * a.height)
  if (!photo) return undefined
  const { width, height } = photo
  const previews = smaller.map(toPreview)
  return { kind: 'photo', ...fileMembers(photo), ...(previews.length > 0 && { previews }), width, height }
}

function toPreview({ file_id: fileId, width, height, file_size: size }: RawPicture): Preview {
  return { fileId, width, height, ...(size !== undefined && { size }) }
}

function fileMembers(file: RawFile): {
  fileId: string
  size?: number
  fileName?: string
  mimeType?: string
  previews?: Preview[]
} {
  return {
    fileId: file.file_id,
    ...(file.file_size !== undefined && { size: file.file_size }),
    ...(file.file_name !== undefined && { fileName: file.file_name }),
    ...(file.mime_type !== undefined && { mimeType: file.mime_type }),
    ...(file.thumbnail && { previews: [toPreview(file.thumbnail)] }),
  }
}
