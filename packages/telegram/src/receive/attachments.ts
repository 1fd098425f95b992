import type { Attachment } from '@pluggram/sdk'
import type { RawMessage, RawQuotedMessage } from './raw-update.ts'

interface RawFile {
  readonly file_id: string
  readonly file_size?: number | undefined
  readonly file_name?: string | undefined
  readonly mime_type?: string | undefined
}

/** A message's attachments, as plugins see them. */
export function readAttachments(message: RawMessage | RawQuotedMessage): Attachment[] {
  const { document, voice, audio, video, video_note: videoNote, sticker, location, contact } = message
  const attachments: Attachment[] = []

  const photo = largestPhoto(message.photo)
  if (photo) {
    attachments.push({ kind: 'photo', ...fileMembers(photo), width: photo.width, height: photo.height })
  }
  if (document) attachments.push({ kind: 'document', ...fileMembers(document) })
  if (voice) attachments.push({ kind: 'voice', ...fileMembers(voice), duration: voice.duration })
  if (audio) {
    attachments.push({
      kind: 'audio',
      ...fileMembers(audio),
      duration: audio.duration,
      ...(audio.title !== undefined && { title: audio.title }),
    })
  }
  if (video) {
    const { width, height, duration } = video
    attachments.push({ kind: 'video', ...fileMembers(video), width, height, duration })
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
  if (location) {
    attachments.push({ kind: 'location', latitude: location.latitude, longitude: location.longitude })
  }
  if (contact) {
    const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ')
    attachments.push({ kind: 'contact', phoneNumber: contact.phone_number, name })
  }
  return attachments
}

function largestPhoto(sizes: RawMessage['photo']): NonNullable<RawMessage['photo']>[number] | undefined {
  return sizes?.toSorted((a, b) => b.width * b.height - a.width * a.height)[0]
}

function fileMembers(file: RawFile): { fileId: string; size?: number; fileName?: string; mimeType?: string } {
  return {
    fileId: file.file_id,
    ...(file.file_size !== undefined && { size: file.file_size }),
    ...(file.file_name !== undefined && { fileName: file.file_name }),
    ...(file.mime_type !== undefined && { mimeType: file.mime_type }),
  }
}
