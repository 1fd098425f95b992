import { isPluggramError } from '@pluggram/sdk'
import type {
  Attachment,
  DownloadableAttachment,
  MessageContext,
  ModelFile,
  ModelInput,
  PictureLimits,
  Preview,
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

/** What was read from one attachment. */
export type Part = Partial<Omit<ReadAttachments, 'unseen'>> & { readonly isUnseen?: boolean }

/** What attachments are read with. */
export interface Reader {
  readonly context: MessageContext
  readonly services: Services
  readonly takes: readonly ModelInput[]
  readonly pictures: PictureLimits
  readonly modelId: string
  /** The attachment belongs to the message that is answered. */
  readonly isReplied?: boolean
}

/** Telegram's limit for downloads by bots. */
export const MAX_FILE_BYTES = 20 * 1_048_576

export function words(text: string): Part {
  return { texts: [text], remembered: [text] }
}

/** Words that somebody else wrote, or may have written. */
export function foreignWords(from: string, text: string): Part {
  return { ...words(foreignText(from, text)), isForeign: true }
}

/** A file that the model itself reads. */
export function asFile(file: DownloadableAttachment, mediaType: string, data: Uint8Array): Part {
  return {
    files: [{ mediaType, data, ...(file.fileName !== undefined && { name: oneLine(file.fileName) }) }],
    remembered: [`[came with ${attachmentNames([file])}]`],
    isForeign: true,
  }
}

/** The bytes of a file, or why there are none. */
export async function download(
  file: DownloadableAttachment | Preview,
  { context }: Reader,
): Promise<Uint8Array | Part> {
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

export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 120)
    .toWellFormed()
}
