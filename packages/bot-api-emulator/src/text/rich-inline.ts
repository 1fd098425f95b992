import type { TelegramRichText } from '@gramio/types'

/**
 * Formatted text as documented by Telegram: text, a list, or a node. The package's type only
 * includes nodes, so `asRichText` converts values of this type.
 */
export type RichText = string | TelegramRichText | RichText[]

export function asRichText(text: RichText): TelegramRichText {
  return text as TelegramRichText
}

const STYLES = [
  ['**', 'bold'],
  ['__', 'bold'],
  ['~~', 'strikethrough'],
  ['||', 'spoiler'],
  ['==', 'marked'],
  ['*', 'italic'],
  ['_', 'italic'],
] as const
const LINK = /\[((?:[^[\]\\]|\\.){0,2000})\]\(([^()\s]{1,2000})\)/y
const ADDRESS = /https?:\/\/[^\s<>()]{1,2000}/y
const ESCAPE = /\\([!-/:-@[-`{-~])/y
const WORD = /[\p{L}\p{N}]/u

/** Parses inline rich Markdown: emphasis, code, links and escapes. */
export function parseRichInline(source: string): RichText {
  const parts: RichText[] = []
  /**
   * delimiters that do not occur again; each is searched to the end only once, so that time stays
   * linear
   */
  const exhausted = new Set<string>()
  let plain = ''
  let index = 0

  const add = (part: RichText, end: number): void => {
    if (plain !== '') parts.push(plain)
    plain = ''
    parts.push(part)
    index = end
  }
  const findEnd = (delimiter: string, from: number): number => {
    if (exhausted.has(delimiter)) return -1
    const found = source.indexOf(delimiter, from)
    if (found < 0) exhausted.add(delimiter)
    return found
  }

  while (index < source.length) {
    const escaped = matchAt(ESCAPE, source, index)
    if (escaped) {
      plain += escaped[1]
      index += escaped[0].length
      continue
    }
    if (source[index] === '`') {
      const fence = /`+/y
      const ticks = matchAt(fence, source, index)?.[0] ?? '`'
      const end = findEnd(ticks, index + ticks.length)
      if (end > 0) {
        const text = asRichText(source.slice(index + ticks.length, end))
        add({ type: 'code', text }, end + ticks.length)
        continue
      }
    }
    const link = source[index] === '[' ? matchAt(LINK, source, index) : undefined
    if (link) {
      const [whole, text = '', url = ''] = link
      add({ type: 'url', text: asRichText(parseRichInline(text)), url }, index + whole.length)
      continue
    }
    const address = source[index] === 'h' ? matchAt(ADDRESS, source, index)?.[0] : undefined
    if (address !== undefined) {
      const url = address.replace(/[.,:;!?'"]+$/, '')
      add({ type: 'url', text: asRichText(url), url }, index + url.length)
      continue
    }
    const style = STYLES.find(([delimiter]) => source.startsWith(delimiter, index))
    if (style) {
      const [delimiter, type] = style
      const start = index + delimiter.length
      const end = opens(source, index, start, delimiter) ? findEnd(delimiter, start + 1) : -1
      if (end > 0 && !/\s/.test(source[end - 1] ?? '')) {
        add({ type, text: asRichText(parseRichInline(source.slice(start, end))) }, end + delimiter.length)
        continue
      }
      plain += delimiter
      index = start
      continue
    }
    plain += source[index]
    index += 1
  }
  if (parts.length === 0) return plain
  if (plain !== '') parts.push(plain)
  return parts.length === 1 ? (parts[0] ?? '') : parts
}

/**
 * Whether a delimiter can open: it must be followed by text, and an underscore must not be inside a
 * word.
 */
function opens(source: string, begin: number, start: number, delimiter: string): boolean {
  if (!/\S/.test(source[start] ?? '')) return false
  return !delimiter.startsWith('_') || begin === 0 || !WORD.test(source[begin - 1] ?? '')
}

function matchAt(pattern: RegExp, source: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index
  return pattern.exec(source) ?? undefined
}
