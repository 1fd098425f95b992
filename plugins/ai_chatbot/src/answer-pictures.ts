import { errorMessage } from '@pluggram/sdk'
import type { MessageContext, Services } from '@pluggram/sdk'

/** A picture that a model shows by its address. */
interface NamedPicture {
  readonly url: string
  readonly words: string
}

const MAX_PICTURES = 4
const TIME_LIMIT_MS = 10_000
/** Telegram's limits for photos. */
const MAX_BYTES = 10 * 1_048_576
const MAX_SIDES = 10_000
const MAX_RATIO = 20
const MAX_CAPTION = 1_000
const PHOTOS: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp'])
const CODE = /(`{3,}|~{3,})[^]*?(?:\1|$)|`[^`\n]*`/g
const PICTURE =
  /!\[([^[\]]{0,500})\]\(\s*<?(https:\/\/[^\s<>()]{1,2000}(?:\([^\s<>()]*\)[^\s<>()]*)?)>?(?:\s+["'(][^\n]{0,300}?["')])?\s*\)/gi

/** The pictures in a model's Markdown, without those that are written in code. */
export function picturesIn(markdown: string): readonly NamedPicture[] {
  const found = new Map<string, NamedPicture>()
  for (const [, words = '', address = ''] of markdown.replaceAll(CODE, '').matchAll(PICTURE)) {
    const url = URL.parse(address)?.href
    if (url !== undefined && !found.has(url)) found.set(url, { url, words: words.trim() })
  }
  return [...found.values()].slice(0, MAX_PICTURES)
}

/**
 * Sends the pictures of an answer as photos. The http service reaches no address inside the owner's
 * network. A picture that cannot be fetched is a link in the answer, as it is anyway.
 */
export async function showPictures(
  markdown: string,
  context: MessageContext,
  services: Services,
): Promise<void> {
  const pictures = picturesIn(markdown)
  const fetched = await Promise.all(pictures.map((picture) => fetchPicture(picture, context, services)))
  for (const [index, { words }] of pictures.entries()) {
    const bytes = fetched[index]
    if (!bytes) continue
    try {
      const text = words.slice(0, MAX_CAPTION).toWellFormed()
      const caption = text === '' ? {} : ({ text, format: 'model-markdown' } as const)
      await context.reply({ ...caption, media: { kind: 'photo', source: bytes } })
    } catch (error) {
      context.signal.throwIfAborted()
      services.logger.info('a picture of an answer could not be sent', { err: error })
    }
  }
}

async function fetchPicture(
  { url }: NamedPicture,
  { signal }: MessageContext,
  { http, logger }: Services,
): Promise<Uint8Array | undefined> {
  try {
    const limit = AbortSignal.timeout(TIME_LIMIT_MS)
    const response = await http.fetch(url, {
      headers: { accept: 'image/jpeg, image/png, image/webp', 'user-agent': 'Pluggram (ai_chatbot)' },
      signal: AbortSignal.any([signal, limit]),
    })
    const length = Number(response.headers.get('content-length') ?? 0)
    if (!response.ok || length > MAX_BYTES) {
      await response.body?.cancel()
      throw new Error(
        response.ok ? 'it is too large' : `the server answered with the status ${response.status}`,
      )
    }
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (!(await isPhoto(bytes))) throw new Error('it is not a picture that Telegram shows')
    return bytes
  } catch (error) {
    signal.throwIfAborted()
    logger.info('a picture of an answer could not be fetched; it stays a link', {
      reason: errorMessage(error),
    })
    return undefined
  }
}

/** By its bytes, since servers name types as they like. */
async function isPhoto(bytes: Uint8Array): Promise<boolean> {
  const { sniffPicture } = await import('@pluggram/plugin-kit/sniff-picture')
  const { type = '', width = 0, height = 0, isAnimated = false } = sniffPicture(bytes) ?? {}
  if (!PHOTOS.has(type) || isAnimated || bytes.byteLength > MAX_BYTES) return false
  const isShaped = Math.max(width, height) <= MAX_RATIO * Math.min(width, height)
  return width > 0 && isShaped && width + height <= MAX_SIDES
}
