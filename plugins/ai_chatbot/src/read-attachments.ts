import { isPluggramError } from '@pluggram/sdk'
import type {
  Attachment,
  DownloadableAttachment,
  MessageContext,
  ModelFile,
  ModelInput,
  Services,
} from '@pluggram/sdk'
import { attachmentNames } from './attachment-names.ts'
import { foreignText } from './foreign-text.ts'
import { TEXTS } from './texts.ts'

/** What was read from the attachments of a message. */
export interface ReadAttachments {
  readonly files: readonly ModelFile[]
  /** Text from attachments, placed after the message's own words. */
  readonly texts: readonly string[]
  /** The same in short, for the stored conversation. */
  readonly remembered: readonly string[]
  /** The transcript of a voice message, in place of written words. */
  readonly spoken?: string
  /** Attachments that could not be read. */
  readonly unseen: readonly Attachment[]
  /** Why, in words for the user. */
  readonly problem?: string
  /** It contains text that the user did not write. */
  readonly isForeign: boolean
}

type Part = Partial<Omit<ReadAttachments, 'unseen'>> & { readonly isUnseen?: boolean }

/** Telegram's limit for downloads by bots. */
const MAX_FILE_BYTES = 20 * 1_048_576
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
  const reader = { context, services, takes: model?.takes ?? [], modelId: model?.id ?? '' }
  const parts: (Part & { attachment: Attachment })[] = []
  for (const attachment of own) parts.push({ ...(await read(attachment, reader)), attachment })
  for (const attachment of replied) {
    parts.push({ ...asReplied(await read(attachment, reader)), attachment })
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

interface Reader {
  readonly context: MessageContext
  readonly services: Services
  readonly takes: readonly ModelInput[]
  readonly modelId: string
}

async function read(attachment: Attachment, reader: Reader): Promise<Part> {
  switch (attachment.kind) {
    case 'photo':
      return readFile(attachment, 'image/jpeg', 'images', reader)
    case 'document':
      return readDocument(attachment, reader)
    case 'voice':
    case 'audio':
      return readRecording(attachment, reader)
    case 'sticker':
      return attachment.emoji === undefined
        ? { isUnseen: true, problem: 'I cannot see this sticker. Describe what you need.' }
        : words(`[a sticker: ${attachment.emoji}]`)
    case 'location':
      return words(`[a location: latitude ${attachment.latitude}, longitude ${attachment.longitude}]`)
    case 'dice':
      return words(`[throws ${attachment.emoji}: ${attachment.value}]`)
    case 'contact':
      return foreignWords('a contact', `${oneLine(attachment.name)}, ${oneLine(attachment.phoneNumber)}`)
    case 'video':
      return { isUnseen: true, problem: TEXTS.noVideos }
  }
}

/** What was said in a recording that the user replies to is not what the user says now. */
function asReplied({ spoken, ...part }: Part): Part {
  return spoken === undefined ? part : { ...part, ...foreignWords('a voice message', spoken) }
}

function words(text: string): Part {
  return { texts: [text], remembered: [text] }
}

/** Words that somebody else wrote, or may have written. */
function foreignWords(from: string, text: string): Part {
  return { ...words(foreignText(from, text)), isForeign: true }
}

async function readDocument(file: Extract<Attachment, { kind: 'document' }>, reader: Reader): Promise<Part> {
  const { fileName = '', mimeType = '' } = file
  if (mimeType.startsWith('image/')) return readFile(file, mimeType, 'images', reader)
  if (mimeType === 'application/pdf' || /\.pdf$/i.test(fileName)) {
    return readFile(file, 'application/pdf', 'documents', reader)
  }
  if (!TEXT_TYPE.test(mimeType) && !TEXT_NAME.test(fileName)) {
    return {
      isUnseen: true,
      problem: TEXTS.unreadableFile,
    }
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
  kind: ModelInput,
  reader: Reader,
): Promise<Part> {
  const name = attachmentNames([file])
  if (!reader.takes.includes(kind)) {
    const what = kind === 'images' ? 'pictures' : 'PDFs'
    return {
      isUnseen: true,
      problem: TEXTS.modelCannotRead(reader.modelId, what),
    }
  }
  const data = await download(file, reader)
  if (!(data instanceof Uint8Array)) return data
  return {
    files: [{ mediaType, data, ...(file.fileName !== undefined && { name: oneLine(file.fileName) }) }],
    remembered: [`[came with ${name}]`],
    isForeign: true,
  }
}

async function readRecording(
  file: Extract<Attachment, { kind: 'voice' | 'audio' }>,
  reader: Reader,
): Promise<Part> {
  const { services, context, takes } = reader
  const { transcribe } = await services.ai.abilities()
  if (transcribe === undefined) {
    if (takes.includes('audio')) return readFile(file, file.mimeType ?? 'audio/ogg', 'audio', reader)
    return {
      isUnseen: true,
      problem: TEXTS.noSpeechModel,
    }
  }
  const audio = await download(file, reader)
  if (!(audio instanceof Uint8Array)) return audio
  const { text } = await services.ai.transcribe({ audio, for: context, signal: context.signal })
  const said = text.trim()
  if (said === '') return { isUnseen: true, problem: TEXTS.noWordsHeard }
  // a voice message contains the user's own words; other recordings may be anybody's
  return file.kind === 'voice' ? { spoken: said } : foreignWords('a recording', said)
}

async function download(file: DownloadableAttachment, { context }: Reader): Promise<Uint8Array | Part> {
  if (file.size !== undefined && file.size > MAX_FILE_BYTES) {
    return { isUnseen: true, problem: TEXTS.fileTooLarge }
  }
  try {
    return await context.download(file)
  } catch (error) {
    if (!isPluggramError(error) || !error.code.startsWith('delivery-')) throw error
    return { isUnseen: true, problem: TEXTS.downloadFailed }
  }
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 120)
    .toWellFormed()
}
