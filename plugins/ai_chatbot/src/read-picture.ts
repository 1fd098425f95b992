import type { Attachment, DownloadableAttachment, PictureLimits, Preview } from '@pluggram/sdk'
import { asFile, download, MAX_FILE_BYTES, words } from './attachment-part.ts'
import type { Part, Reader } from './attachment-part.ts'
import { TEXTS } from './texts.ts'

const NAME = /\.(?:jpe?g|png|gif|webp|hei[cf]|avif|tiff?|bmp|jxl|ico|psd)$/i
/** A preview of that many pixels shows what the picture shows. */
const GOOD_SIDE = 640

/** Whether a file is a picture, by what its sender says. An SVG is a text that models can read. */
export function isPicture({ fileName = '', mimeType = '' }: DownloadableAttachment): boolean {
  if (/svg/i.test(mimeType) || /\.svg$/i.test(fileName)) return false
  return mimeType.startsWith('image/') || NAME.test(fileName)
}

/** The largest version of a picture that the model takes; Telegram often has smaller ones. */
export async function readPicture(
  file: DownloadableAttachment,
  mediaType: string,
  reader: Reader,
): Promise<Part> {
  if (!reader.takes.includes('images')) {
    return { isUnseen: true, problem: TEXTS.modelCannotRead(reader.modelId, 'pictures') }
  }
  let problem: string | undefined
  for (const version of [file, ...(file.previews ?? [])]) {
    const isPreview = version !== file
    const read = await readVersion(version, isPreview ? 'image/jpeg' : mediaType, reader)
    if ('why' in read) {
      problem ??= read.why
      continue
    }
    const part = asFile(file, read.type, read.data)
    const { width, height } = { width: 0, height: 0, ...version }
    if (!isPreview || problem === undefined || Math.max(width, height) >= GOOD_SIDE) return part
    return { ...part, problem: TEXTS.smaller(problem, width, height) }
  }
  return { isUnseen: true, problem: problem ?? TEXTS.noPicture }
}

/** A video as one picture of it. */
export async function readVideo(file: DownloadableAttachment, reader: Reader): Promise<Part> {
  const still = await readPreview(file, reader)
  if (!still) return { isUnseen: true, problem: TEXTS.noVideos }
  const length = 'duration' in file ? ` of ${file.duration} seconds` : ''
  return {
    ...still,
    ...words(`[a video${length}; only one picture of it can be seen]`),
    problem: TEXTS.stillOfVideo,
  }
}

/** A sticker's emoji says what it means; without one, or when it is asked about, it is looked at. */
export async function readSticker(
  sticker: Extract<Attachment, { kind: 'sticker' }>,
  reader: Reader,
): Promise<Part> {
  const said = sticker.emoji === undefined ? undefined : words(`[a sticker: ${sticker.emoji}]`)
  if (said && !reader.isReplied) return said
  const seen = reader.takes.includes('images') ? await readPicture(sticker, '', reader) : undefined
  if (!seen || seen.isUnseen) return said ?? { isUnseen: true, problem: TEXTS.noSticker }
  const { problem: _small, ...picture } = seen
  return { ...picture, ...said }
}

async function readPreview(file: DownloadableAttachment, reader: Reader): Promise<Part | undefined> {
  if (!reader.takes.includes('images')) return undefined
  for (const preview of file.previews ?? []) {
    const read = await readVersion(preview, 'image/jpeg', reader)
    if (!('why' in read)) return asFile(file, read.type, read.data)
  }
  return undefined
}

type Version = DownloadableAttachment | Preview

/** The bytes of a version with their true type, or why the model cannot have it. */
async function readVersion(
  version: Version,
  mediaType: string,
  reader: Reader,
): Promise<{ readonly type: string; readonly data: Uint8Array } | { readonly why: string }> {
  const { pictures } = reader
  const toldLarge = whyTooLarge(version, pictures)
  if (toldLarge !== undefined) return { why: toldLarge }
  const data = await download(version, reader)
  if (!(data instanceof Uint8Array)) return { why: data.problem ?? TEXTS.downloadFailed }
  // loaded with the first picture, not with the assistant
  const { sniffPicture } = await import('@pluggram/plugin-kit/sniff-picture')
  const sniffed = sniffPicture(data) ?? { type: mediaType.split(';')[0] ?? '', name: '' }
  if (!pictures.types.includes(sniffed.type)) {
    return { why: sniffed.name === '' ? TEXTS.noPicture : TEXTS.noFormat(sniffed.name) }
  }
  // some providers refuse the whole request for one
  if ('isAnimated' in sniffed && sniffed.isAnimated) return { why: TEXTS.animated }
  const why = whyTooLarge({ ...sniffed, size: data.byteLength }, pictures)
  return why === undefined ? { type: sniffed.type, data } : { why }
}

function whyTooLarge(
  { size = 0, ...about }: { readonly size?: number; readonly width?: number; readonly height?: number },
  { maxBytes, maxSide }: PictureLimits,
): string | undefined {
  const { width = 0, height = 0 } = about
  if (size > MAX_FILE_BYTES) return TEXTS.fileTooLarge
  if (size > maxBytes) return TEXTS.tooManyBytes(size, maxBytes)
  return Math.max(width, height) > maxSide ? TEXTS.tooManyPixels(width, height, maxSide) : undefined
}
