import type {
  Attachment,
  DownloadableAttachment,
  MessageContext,
  PictureLimits,
  Services,
} from '@pluggram/sdk'
import { asFile, download, foreignWords, oneLine, words } from './attachment-part.ts'
import type { Part, ReadAttachments, Reader } from './attachment-part.ts'
import { foreignText } from './foreign-text.ts'
import { isPicture, readPicture, readSticker, readVideo } from './read-picture.ts'
import { TEXTS } from './texts.ts'

/** What nearly all models take, for one that says nothing. */
const ANY_PICTURES: PictureLimits = {
  types: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
  maxBytes: 20_000_000,
  maxSide: 20_000,
}
const MAX_TEXT_CHARACTERS = 60_000
const TEXT_TYPE = /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|sql|javascript)$|\+(?:json|xml)$/
const TEXT_NAME =
  /\.(?:txt|md|markdown|csv|tsv|json|xml|ya?ml|toml|ini|log|sql|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|c|h|cpp|sh)$/i

/**
 * Reads what came with a message: pictures and PDFs for models that accept them, recordings as a
 * transcript, text files as text. It names what cannot be read, so that the model and the user
 * know. Attachments of the message that this one replies to are read as well: "What does it say?"
 * is about them.
 */
export async function readAttachments(context: MessageContext, services: Services): Promise<ReadAttachments> {
  const { attachments: own, replyTo, carried = [] } = context.message
  const replied = [replyTo, ...carried].flatMap((other) => other?.attachments ?? [])
  const attachments = [...own, ...replied]
  const model = attachments.length > 0 ? await services.ai.model(context) : undefined
  const reader = {
    context,
    services,
    takes: model?.takes ?? [],
    pictures: model?.pictures ?? ANY_PICTURES,
    modelId: model?.id ?? '',
  }
  const parts: (Part & { attachment: Attachment })[] = []
  for (const attachment of own) parts.push({ ...(await read(attachment, reader)), attachment })
  for (const attachment of replied) {
    parts.push({ ...asReplied(await read(attachment, { ...reader, isReplied: true })), attachment })
  }
  const spoken = parts.flatMap((part) => part.spoken ?? [])
  const problem = parts.find((part) => part.problem !== undefined)?.problem
  return {
    files: parts.flatMap((part) => part.files ?? []),
    texts: parts.flatMap((part) => part.texts ?? []),
    remembered: parts.flatMap((part) => part.remembered ?? []),
    unseen: parts.flatMap((part) => (part.isUnseen ? part.attachment : [])),
    isForeign: parts.some((part) => part.isForeign === true),
    ...(spoken.length > 0 && { spoken: spoken.join('\n') }),
    ...(problem !== undefined && { problem }),
  }
}

async function read(attachment: Attachment, reader: Reader): Promise<Part> {
  switch (attachment.kind) {
    case 'photo':
      return readPicture(attachment, 'image/jpeg', reader)
    case 'document':
      return readDocument(attachment, reader)
    case 'voice':
    case 'audio':
      return readRecording(attachment, reader)
    case 'sticker':
      return readSticker(attachment, reader)
    case 'location':
      return words(`[a location: latitude ${attachment.latitude}, longitude ${attachment.longitude}]`)
    case 'dice':
      return words(`[throws ${attachment.emoji}: ${attachment.value}]`)
    case 'contact':
      return foreignWords('a contact', contactWords(attachment))
    case 'video':
      return readVideo(attachment, reader)
  }
}

const MAX_CARD = 2_000
/** Lines of a vCard that say nothing to a reader: its frame, pictures, and what the contact has anyway. */
const CARD_NOISE = /^(?:BEGIN|END|VERSION|PRODID|REV|UID|N|FN|PHOTO|LOGO|SOUND|KEY)[;:]/i

/** A contact as it is shown: the name and number, then what its card has besides. */
function contactWords({ name, phoneNumber, vcard = '' }: Extract<Attachment, { kind: 'contact' }>): string {
  const lines = vcard
    .slice(0, MAX_CARD)
    // a long line goes on behind a space
    .replaceAll(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .map((line) => oneLine(line.replace(/^item\d+\./i, '')))
    .filter((line) => line !== '' && !CARD_NOISE.test(line) && !line.endsWith(phoneNumber))
  return [`${oneLine(name)}, ${oneLine(phoneNumber)}`, ...lines].join('\n')
}

/** What was said in a recording that the user replies to is not what the user says now. */
function asReplied({ spoken, ...part }: Part): Part {
  return spoken === undefined ? part : { ...part, ...foreignWords('a voice message', spoken) }
}

async function readDocument(file: Extract<Attachment, { kind: 'document' }>, reader: Reader): Promise<Part> {
  const { fileName = '', mimeType = '' } = file
  if (isPicture(file)) return readPicture(file, mimeType, reader)
  if (mimeType.startsWith('video/')) return readVideo(file, reader)
  if (mimeType === 'application/pdf' || /\.pdf$/i.test(fileName)) {
    return readFile(file, 'application/pdf', 'documents', reader)
  }
  if (!TEXT_TYPE.test(mimeType) && !TEXT_NAME.test(fileName)) {
    return { isUnseen: true, problem: TEXTS.unreadableFile }
  }
  const bytes = await download(file, reader)
  if (!(bytes instanceof Uint8Array)) return bytes
  // loaded with the first text file, not with the assistant
  const { decodeText } = await import('@pluggram/plugin-kit/decode-text')
  const content = decodeText(bytes)
  const isCut = content.length > MAX_TEXT_CHARACTERS
  const text = isCut
    ? `${content.slice(0, MAX_TEXT_CHARACTERS).toWellFormed()}\n[the rest is left out]`
    : content
  const name = oneLine(fileName) || 'a text'
  return {
    texts: [foreignText(`the file “${name}”`, text)],
    remembered: [`[came with the file “${name}”]`],
    isForeign: true,
  }
}

/** A file that the model itself reads. */
async function readFile(
  file: DownloadableAttachment,
  mediaType: string,
  kind: 'documents' | 'audio',
  reader: Reader,
): Promise<Part> {
  if (!reader.takes.includes(kind))
    return {
      isUnseen: true,
      problem: TEXTS.modelCannotRead(reader.modelId, kind === 'audio' ? 'recordings' : 'PDFs'),
    }
  const data = await download(file, reader)
  return data instanceof Uint8Array ? asFile(file, mediaType, data) : data
}

async function readRecording(
  file: Extract<Attachment, { kind: 'voice' | 'audio' }>,
  reader: Reader,
): Promise<Part> {
  const { services, context, takes } = reader
  const { transcribe } = await services.ai.abilities()
  if (transcribe === undefined) {
    if (takes.includes('audio')) return readFile(file, file.mimeType ?? 'audio/ogg', 'audio', reader)
    return { isUnseen: true, problem: TEXTS.noSpeechModel }
  }
  const audio = await download(file, reader)
  if (!(audio instanceof Uint8Array)) return audio
  const { text } = await services.ai.transcribe({ audio, for: context, signal: context.signal })
  const said = text.trim()
  if (said === '') return { isUnseen: true, problem: TEXTS.noWordsHeard }
  // a voice message contains the user's own words; other recordings may be anybody's
  return file.kind === 'voice' ? { spoken: said } : foreignWords('a recording', said)
}
