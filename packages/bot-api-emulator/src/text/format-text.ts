import type { TelegramMessageEntity } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import { cleanText, withRange } from './clean-text.ts'
import { detectEntities } from './detect-entities.ts'
import { EntityParseError } from './entity-parse-error.ts'
import type { FormattedText } from './formatted-text.ts'
import { parseHtml } from './parse-html.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { parseMarkdownV2 } from './parse-markdown-v2.ts'

export interface FormatRequest {
  readonly text: string
  readonly parseMode?: string | undefined
  readonly entities?: readonly TelegramMessageEntity[] | undefined
}

/** Limit of the source in bytes, regardless of the parsed length. */
const MAX_SOURCE_BYTES = 1 << 15
/** Telegram drops further entities without an error. */
const MAX_ENTITIES = 100
/** Entities that can contain, and be contained in, others. */
const NESTING: ReadonlySet<string> = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
])

/**
 * Converts text to the form that Telegram stores: parsed, cleaned, trimmed, with detected entities.
 */
export function formatText(request: FormatRequest): FormattedText {
  const { text: source } = request
  if (!source.isWellFormed()) throw badRequest('strings must be encoded in UTF-8')
  if (source.length > MAX_SOURCE_BYTES / 3 && Buffer.byteLength(source) > MAX_SOURCE_BYTES) {
    throw badRequest('text is too long')
  }
  const parsed = parse(request)
  const { text, entities } = trim(cleanText(parsed.text, parsed.entities))
  return { text, entities: mergeDetected(dropConflicts(entities), text).slice(0, MAX_ENTITIES) }
}

function parse({ text, parseMode, entities }: FormatRequest): FormattedText {
  const mode = text === '' ? '' : (parseMode ?? '').toLowerCase()
  if (mode === '' || mode === 'none') return { text, entities: structuredClone([...(entities ?? [])]) }
  try {
    switch (mode) {
      case 'markdown':
        return parseMarkdown(text)
      case 'markdownv2':
        return parseMarkdownV2(text)
      case 'html':
        return parseHtml(text)
      default:
        throw badRequest('unsupported parse_mode')
    }
  } catch (error) {
    if (error instanceof EntityParseError) throw badRequest(`can't parse entities: ${error.message}`)
    throw error
  }
}

/** Trims white space: all of it at the end, but at the start only up to the first entity. */
function trim({ text, entities }: FormattedText): FormattedText {
  const end = /[ \n]*$/.exec(text)?.index ?? text.length
  const firstEntity = entities[0]?.offset ?? end
  let start = 0
  while (start < Math.min(end, firstEntity) && (text[start] === ' ' || text[start] === '\n')) start += 1
  if (start === 0 && end === text.length) return { text, entities }
  const kept = entities
    .filter((entity) => entity.offset < end)
    .map((entity) =>
      withRange(entity, entity.offset - start, Math.min(entity.offset + entity.length, end) - start),
    )
  return { text: text.slice(start, end), entities: kept }
}

/** Removes conflicting entities: others within code, and the later one of two that cannot nest. */
function dropConflicts(entities: TelegramMessageEntity[]): TelegramMessageEntity[] {
  if (entities.length < 2) return entities
  const sorted = entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length)
  const code = sorted.filter(({ type }) => type === 'code' || type === 'pre')
  let solidEnd = 0
  return sorted.filter((entity) => {
    if (entity.type !== 'code' && entity.type !== 'pre' && code.some((block) => contains(block, entity))) {
      return false
    }
    if (NESTING.has(entity.type)) return true
    if (entity.offset < solidEnd) return false
    solidEnd = entity.offset + entity.length
    return true
  })
}

function contains(outer: TelegramMessageEntity, inner: TelegramMessageEntity): boolean {
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length
}

function mergeDetected(entities: TelegramMessageEntity[], text: string): TelegramMessageEntity[] {
  const detected = detectEntities(text)
  if (detected.length === 0) return entities
  const solid = entities.filter(({ type }) => !NESTING.has(type))
  const added = detected.filter((candidate) =>
    solid.every(
      (other) =>
        candidate.offset + candidate.length <= other.offset ||
        other.offset + other.length <= candidate.offset,
    ),
  )
  return [...entities, ...added].toSorted((a, b) => a.offset - b.offset || b.length - a.length)
}
