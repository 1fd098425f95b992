import type { DownloadableAttachment } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

/** The kinds of files that this plugin describes. */
export type FileAttachment = Exclude<DownloadableAttachment, { kind: 'sticker' }>

const TITLES: Readonly<Record<FileAttachment['kind'], string>> = {
  photo: TEXTS.photo,
  document: TEXTS.document,
  voice: TEXTS.voiceMessage,
  audio: TEXTS.audio,
  video: TEXTS.video,
}

/** The facts from reading the file's bytes. */
export interface FileFacts {
  readonly size?: number | undefined
  readonly checksum?: string | undefined
  /** Why facts are missing. */
  readonly note?: string | undefined
}

/** A few lines about a file, one fact each. */
export function describeFile(file: FileAttachment, { size, checksum, note }: FileFacts): string {
  const facts: [string, string | undefined][] = [
    ['Name', file.fileName === undefined ? undefined : oneLine(file.fileName)],
    ['Title', file.kind === 'audio' && file.title !== undefined ? oneLine(file.title) : undefined],
    ['Type', file.mimeType === undefined ? undefined : oneLine(file.mimeType)],
    ['Size', size === undefined ? undefined : formatSize(size)],
    ['Dimensions', 'width' in file ? `${file.width} × ${file.height}` : undefined],
    ['Duration', 'duration' in file ? formatDuration(file.duration) : undefined],
    ['SHA-256', checksum],
  ]
  const lines = facts.filter(([, value]) => value !== undefined).map(([label, value]) => `${label}: ${value}`)
  return [TITLES[file.kind], ...lines, ...(note === undefined ? [] : [note])].join('\n')
}

/** Names come from strangers: line breaks and characters that reverse the text are removed. */
function oneLine(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return clean.length > 200 ? `${clean.slice(0, 200).toWellFormed()}…` : clean
}

/** `1.2 MB (1,234,567 bytes)`, as Telegram counts: a KB is 1024 bytes. */
export function formatSize(bytes: number): string {
  const exact = `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`
  const units = ['KB', 'MB', 'GB', 'TB'] as const
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length)
  if (power === 0) return exact
  const size = bytes / 1_024 ** power
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[power - 1]} (${exact})`
}

/** `1:05`, or `1:01:05` for an hour or more. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = String(rest).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}
