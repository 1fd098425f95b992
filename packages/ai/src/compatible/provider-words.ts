import { API_KEYS, BOT_TOKENS, cutText, resemblesSecret } from '@pluggram/base'
import { oneVisibleLine } from '../tools/visible-text.ts'
import { isFields } from './clean-chunk.ts'

/** Enough to name the cause; the rest is often the request itself. */
const MAX_WORDS = 300
const MAX_READ = 8_000

/**
 * What a provider says about a refusal, for the log: one short line without anything that looks like
 * a secret. Empty when it says nothing.
 */
export function providerWords(body: string | undefined): string {
  const text = cutText(body ?? '', MAX_READ).trim()
  return maskWords(oneVisibleLine(findWords(parseJson(text) ?? text), MAX_READ)).slice(0, MAX_WORDS)
}

function maskWords(line: string): string {
  return line
    .replaceAll(API_KEYS, '***')
    .replaceAll(BOT_TOKENS, '***')
    .replaceAll(/[^\s"'`<>()[\]{},;]{12,}/g, (word) => (resemblesSecret(word) ? '***' : word))
}

/** Where servers put their words, in the order of how much they tell. */
const PLACES = ['message', 'error_msg', 'error_message', 'detail', 'errors', 'error', 'msg', 'title'] as const

/** The words in an error of any known shape. */
function findWords(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value.startsWith('<') ? withoutMarkup(value) : value
  if (depth > 5) return ''
  if (Array.isArray(value)) {
    return value
      .map((item) => findWords(item, depth + 1))
      .filter((words) => words !== '')
      .join('; ')
  }
  if (!isFields(value)) return ''
  // a gateway repeats what the server behind it said
  const { metadata, loc } = value
  const raw =
    isFields(metadata) && typeof metadata['raw'] === 'string'
      ? findWords(parseJson(metadata['raw']) ?? metadata['raw'], depth + 1)
      : ''
  for (const place of PLACES) {
    const words = findWords(value[place], depth + 1)
    if (words === '') continue
    const where = Array.isArray(loc) ? `${loc.join('.')}: ` : ''
    return `${where}${words}${raw === '' ? '' : ` (${raw})`}`
  }
  return raw
}

function withoutMarkup(page: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1]
  return title ?? page.replaceAll(/<(script|style)[^>]*>[^]*?<\/\1>/gi, ' ').replaceAll(/<[^>]*>/g, ' ')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
