import type { TelegramMessageEntity } from '@gramio/types'
import { EntityParseError, byteOffset } from './entity-parse-error.ts'
import type { FormattedText } from './formatted-text.ts'
import { decodeHtmlEntity } from './html-entity.ts'
import { readHtmlTag } from './html-tag.ts'
import type { HtmlTag } from './html-tag.ts'
import { isDateFormat, linkEntity } from './link-target.ts'

interface OpenTag extends HtmlTag {
  /** Where its text starts in the result. */
  readonly offset: number
}

/** Code with a language stays separate until it is known whether it is inside `<pre>`. */
type DraftEntity = TelegramMessageEntity & { codeLanguage?: string }

const PLAIN_TYPES: Record<string, TelegramMessageEntity['type']> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
}

/** Parses Telegram's HTML: a few tags, five character references, and every tag must be closed. */
export function parseHtml(source: string): FormattedText {
  const entities: DraftEntity[] = []
  const open: OpenTag[] = []
  let text = ''
  let index = 0
  while (index < source.length) {
    const character = source[index]
    if (character === '&') {
      const decoded = decodeHtmlEntity(source, index)
      text += decoded?.character ?? '&'
      index = decoded?.end ?? index + 1
    } else if (character !== '<') {
      text += character
      index += 1
    } else if (source[index + 1] === '/') {
      const tag = open.at(-1)
      index = readEndTag(source, index, tag)
      open.pop()
      if (tag && text.length > tag.offset) addEntity(entities, tag, text)
    } else {
      const tag = readHtmlTag(source, index)
      open.push({ ...tag, offset: text.length })
      index = tag.end
    }
  }
  const unclosed = open.at(-1)
  if (unclosed) {
    throw new EntityParseError(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
  }
  if (!text.isWellFormed()) {
    throw new EntityParseError(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    )
  }
  for (const entity of entities) delete entity.codeLanguage
  return { text, entities: entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length) }
}

/** Reads `</name>` and returns the position after it. */
function readEndTag(source: string, begin: number, tag: OpenTag | undefined): number {
  if (!tag) throw new EntityParseError(`Unexpected end tag at byte offset ${byteOffset(source, begin)}`)
  const pattern = /<\/([^\s>]*)\s*(>?)/y
  pattern.lastIndex = begin
  const [whole = '', found = '', close] = pattern.exec(source) ?? []
  if (close !== '>')
    throw new EntityParseError(`Unclosed end tag at byte offset ${byteOffset(source, begin)}`)
  const name = found.toLowerCase()
  if (name !== '' && name !== tag.name) {
    throw new EntityParseError(
      `Unmatched end tag at byte offset ${byteOffset(source, begin)}, expected "</${tag.name}>", found "</${name}>"`,
    )
  }
  return begin + whole.length
}

function addEntity(entities: DraftEntity[], tag: OpenTag, text: string): void {
  const range = { offset: tag.offset, length: text.length - tag.offset }
  const plain = PLAIN_TYPES[tag.name]
  if (plain) {
    entities.push({ type: plain, ...range })
    return
  }
  switch (tag.name) {
    case 'tg-emoji':
      if (!/^[1-9]\d{0,19}$/.test(tag.argument)) {
        throw new EntityParseError('Invalid custom emoji identifier specified')
      }
      entities.push({ type: 'custom_emoji', ...range, custom_emoji_id: tag.argument })
      break
    case 'tg-time':
      if (!isDateFormat(tag.argument)) throw new EntityParseError('Invalid date-time format specified')
      if (tag.unixTime > 0) {
        const format = tag.argument && { date_time_format: tag.argument }
        entities.push({ type: 'date_time', ...range, unix_time: tag.unixTime, ...format })
      }
      break
    case 'a': {
      const entity = linkEntity(range, tag.argument || text.slice(tag.offset))
      if (entity) entities.push(entity)
      break
    }
    case 'blockquote':
      entities.push({ type: tag.argument ? 'expandable_blockquote' : 'blockquote', ...range })
      break
    default:
      addCode(entities, tag, range)
  }
}

/**
 * Adds code. `<pre>` and `<code class="language-x">`, nested in either order, become one block with
 * a language.
 */
function addCode(entities: DraftEntity[], tag: OpenTag, range: { offset: number; length: number }): void {
  const last = entities.at(-1)
  const isSameRange = last?.offset === range.offset && last.length === range.length
  if (tag.name === 'pre') {
    if (isSameRange && last.type === 'code' && last.codeLanguage) {
      last.type = 'pre'
      last.language = last.codeLanguage
    } else {
      entities.push({ type: 'pre', ...range })
    }
  } else if (isSameRange && last.type === 'pre' && tag.argument) {
    last.language = tag.argument
  } else {
    entities.push({ type: 'code', ...range, ...(tag.argument && { codeLanguage: tag.argument }) })
  }
}
