import type { TelegramMessageEntity } from '@gramio/types'
import { EntityParseError, byteOffset } from './entity-parse-error.ts'
import type { FormattedText } from './formatted-text.ts'
import { linkEntity } from './link-target.ts'
import { readCodeLanguage } from './read-code-language.ts'

/**
 * Parses Telegram's legacy Markdown: no nesting, and only `_`, `*`, `` ` `` and `[` are special.
 */
export function parseMarkdown(source: string): FormattedText {
  const entities: TelegramMessageEntity[] = []
  let text = ''
  let index = 0
  while (index < source.length) {
    const character = source[index] ?? ''
    if (character === '\\' && isSpecial(source[index + 1])) {
      text += source[index + 1]
      index += 2
    } else if (isSpecial(character)) {
      const parsed = readEntity(source, index, text.length)
      text += parsed.content
      if (parsed.entity) entities.push(parsed.entity)
      index = parsed.end
    } else {
      text += character
      index += 1
    }
  }
  return { text, entities }
}

function isSpecial(character: string | undefined): boolean {
  return character === '_' || character === '*' || character === '`' || character === '['
}

interface ParsedEntity {
  readonly content: string
  readonly entity: TelegramMessageEntity | undefined
  readonly end: number
}

function readEntity(source: string, begin: number, offset: number): ParsedEntity {
  const opening = source[begin] ?? ''
  const isPre = source.startsWith('```', begin)
  const closing = isPre ? '```' : opening === '[' ? ']' : opening
  const { language, contentStart } = isPre
    ? readCodeLanguage(source, begin + 3)
    : { language: '', contentStart: begin + 1 }
  const contentEnd = source.indexOf(closing, contentStart)
  if (contentEnd < 0) {
    throw new EntityParseError(
      `Can't find end of the entity starting at byte offset ${byteOffset(source, begin)}`,
    )
  }
  const content = source.slice(contentStart, contentEnd)
  const range = { offset, length: content.length }
  let end = contentEnd + closing.length
  let url = content
  if (opening === '[' && source[end] === '(') {
    const urlEnd = source.indexOf(')', end + 1)
    url = source.slice(end + 1, urlEnd < 0 ? source.length : urlEnd)
    end = urlEnd < 0 ? source.length : urlEnd + 1
  }
  if (content === '') return { content, entity: undefined, end }
  if (opening === '_') return { content, entity: { type: 'italic', ...range }, end }
  if (opening === '*') return { content, entity: { type: 'bold', ...range }, end }
  if (opening === '[') return { content, entity: linkEntity(range, url), end }
  if (!isPre) return { content, entity: { type: 'code', ...range }, end }
  return { content, entity: { type: 'pre', ...range, ...(language && { language }) }, end }
}
