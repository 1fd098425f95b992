import type { TelegramMessageEntity } from '@gramio/types'
import { EntityParseError, byteOffset } from './entity-parse-error.ts'
import type { FormattedText } from './formatted-text.ts'
import { customEmojiId, formattedDate, linkEntity } from './link-target.ts'
import { readCodeLanguage } from './read-code-language.ts'

/** Entity kinds by the names Telegram's errors use. */
type Kind =
  | 'Bold'
  | 'Italic'
  | 'Underline'
  | 'Strikethrough'
  | 'Spoiler'
  | 'Code'
  | 'Pre'
  | 'PreCode'
  | 'TextUrl'
  | 'CustomEmoji'
  | 'BlockQuote'

interface OpenEntity {
  readonly kind: Kind
  readonly language: string
  /** Where it starts in the result. */
  readonly offset: number
  /** Where it starts in the source. */
  readonly begin: number
}

const RESERVED = new Set('_*[]()~`>#+-=|{}.!\n')
const PLAIN_TYPES = {
  Bold: 'bold',
  Italic: 'italic',
  Underline: 'underline',
  Strikethrough: 'strikethrough',
  Spoiler: 'spoiler',
  Code: 'code',
} as const

/** Parses Telegram's MarkdownV2, including nesting, quotations and escapes. */
export function parseMarkdownV2(source: string): FormattedText {
  return new MarkdownV2Parser(source).parse()
}

/**
 * Makes one pass over the source with a stack of open entities. A reserved character closes the
 * innermost entity or opens another; anything else is text. A quotation ends at the first line that
 * does not start with `>`.
 */
class MarkdownV2Parser {
  readonly #source: string
  readonly #entities: TelegramMessageEntity[] = []
  readonly #open: OpenEntity[] = []
  #text = ''
  #index = 0
  #inQuote = false
  #atLineStart = true

  constructor(source: string) {
    this.#source = source
  }

  parse(): FormattedText {
    while (this.#index < this.#source.length) this.#step()
    this.#endOfText()
    return {
      text: this.#text,
      entities: this.#entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length),
    }
  }

  #step(): void {
    const character = this.#source[this.#index] ?? ''
    if (character === '\\' && isEscapable(this.#source.charCodeAt(this.#index + 1))) {
      this.#addText(this.#source[this.#index + 1] ?? '')
      this.#index += 2
      return
    }
    const inner = this.#open.at(-1)
    const isInCode = inner?.kind === 'Code' || inner?.kind === 'Pre' || inner?.kind === 'PreCode'
    if (isInCode ? character !== '`' : !RESERVED.has(character)) {
      this.#addText(character)
      this.#index += 1
    } else if (inner && this.#isEnd(inner, character)) {
      this.#close(inner, character)
    } else {
      this.#begin(character)
    }
  }

  #addText(character: string): void {
    this.#text += character
    if (character !== '\r') this.#atLineStart = character === '\n'
  }

  #startsWith(text: string): boolean {
    return this.#source.startsWith(text, this.#index)
  }

  #isEnd(inner: OpenEntity, character: string): boolean {
    if (this.#inQuote && character === '\n' && this.#source[this.#index + 1] !== '>') return true
    switch (inner.kind) {
      case 'Bold':
        return character === '*'
      case 'Italic':
        return character === '_' && !this.#startsWith('__')
      case 'Underline':
        return this.#startsWith('__')
      case 'Strikethrough':
        return character === '~'
      case 'Spoiler':
        return this.#startsWith('||')
      case 'Code':
        return character === '`'
      case 'Pre':
      case 'PreCode':
        return this.#startsWith('```')
      case 'TextUrl':
      case 'CustomEmoji':
        return character === ']'
      case 'BlockQuote':
        return false
    }
  }

  #begin(character: string): void {
    const begin = this.#index
    if (character === '\n') {
      this.#addText('\n')
      this.#index += 1
    } else if (character === '>' && this.#atLineStart) {
      this.#index += 1
      if (!this.#inQuote) this.#push('BlockQuote', begin)
      this.#inQuote = true
    } else if (this.#startsWith('```')) {
      const { language, contentStart } = readCodeLanguage(this.#source, begin + 3)
      this.#index = contentStart
      this.#push(language ? 'PreCode' : 'Pre', begin, language)
    } else {
      const [kind, marker] = this.#marker(character)
      this.#index += marker.length
      this.#push(kind, begin)
    }
  }

  #marker(character: string): [kind: Kind, marker: string] {
    if (this.#startsWith('__')) return ['Underline', '__']
    if (this.#startsWith('||')) return ['Spoiler', '||']
    if (this.#startsWith('![')) return ['CustomEmoji', '![']
    if (character === '_') return ['Italic', '_']
    if (character === '*') return ['Bold', '*']
    if (character === '~') return ['Strikethrough', '~']
    if (character === '[') return ['TextUrl', '[']
    if (character === '`') return ['Code', '`']
    throw new EntityParseError(
      `Character '${character}' is reserved and must be escaped with the preceding '\\'`,
    )
  }

  #push(kind: Kind, begin: number, language = ''): void {
    this.#open.push({ kind, language, offset: this.#text.length, begin })
  }

  #close(inner: OpenEntity, character: string): void {
    if (character === '\n') {
      this.#closeQuote(this.#index, '\n')
      this.#index += 1
      return
    }
    this.#open.pop()
    const range = { offset: inner.offset, length: this.#text.length - inner.offset }
    let entity: TelegramMessageEntity | undefined
    switch (inner.kind) {
      case 'Pre':
      case 'PreCode':
        this.#index += 3
        entity = { type: 'pre', ...range, ...(inner.language && { language: inner.language }) }
        break
      case 'TextUrl':
        this.#index += 1
        entity = linkEntity(range, this.#readUrl() ?? this.#text.slice(inner.offset))
        break
      case 'CustomEmoji':
        this.#index += 1
        entity = this.#specialLink(range)
        break
      case 'BlockQuote':
        break
      default:
        this.#index += inner.kind === 'Underline' || inner.kind === 'Spoiler' ? 2 : 1
        entity = { type: PLAIN_TYPES[inner.kind], ...range }
    }
    if (entity && range.length > 0) this.#entities.push(entity)
  }

  /** Reads `(…)` after a link's text; backslash escapes work there as well. */
  #readUrl(): string | undefined {
    if (this.#source[this.#index] !== '(') return undefined
    const begin = this.#index + 1
    let url = ''
    for (let index = begin; index < this.#source.length; index += 1) {
      const character = this.#source[index] ?? ''
      if (character === ')') {
        this.#index = index + 1
        return url
      }
      if (character === '\\' && isEscapable(this.#source.charCodeAt(index + 1))) index += 1
      url += this.#source[index]
    }
    throw new EntityParseError(`Can't find end of a URL at byte offset ${byteOffset(this.#source, begin)}`)
  }

  #specialLink(range: { offset: number; length: number }): TelegramMessageEntity {
    const url = this.#readUrl()
    if (url === undefined) {
      throw new EntityParseError('The entity must contain a tg://emoji or tg://time URL')
    }
    const emojiId = customEmojiId(url)
    if (emojiId !== undefined) return { type: 'custom_emoji', ...range, custom_emoji_id: emojiId }
    const date = formattedDate(url)
    if (!date) throw new EntityParseError('Invalid tg://emoji or tg://time URL specified')
    const { unixTime, format } = date
    return { type: 'date_time', ...range, unix_time: unixTime, ...(format && { date_time_format: format }) }
  }

  /** Ends the quotation at `end`; `||` directly before it makes the quotation expandable. */
  #closeQuote(end: number, lineBreak: string): void {
    let inner = this.#open.at(-1)
    let type: 'blockquote' | 'expandable_blockquote' = 'blockquote'
    const isMarkedExpandable =
      inner?.kind === 'Spoiler' && /^\|\|\r?$/.test(this.#source.slice(inner.begin, end))
    if (isMarkedExpandable) {
      this.#open.pop()
      inner = this.#open.at(-1)
      type = 'expandable_blockquote'
    }
    if (inner?.kind !== 'BlockQuote') throw this.#unclosed()
    this.#open.pop()
    this.#inQuote = false
    if (lineBreak) this.#addText(lineBreak)
    const length = this.#text.length - inner.offset
    if (length > 0) this.#entities.push({ type, offset: inner.offset, length })
  }

  #endOfText(): void {
    if (this.#inQuote) this.#closeQuoteAtEnd()
    if (this.#open.length > 0) throw this.#unclosed()
  }

  #closeQuoteAtEnd(): void {
    const inner = this.#open.at(-1)
    const isMarked = inner?.kind === 'Spoiler' && inner.begin === this.#source.length - 2
    if (inner?.kind === 'BlockQuote' || isMarked) this.#closeQuote(this.#source.length, '')
  }

  #unclosed(): EntityParseError {
    const { kind, begin } = this.#open.at(-1) ?? { kind: 'Bold', begin: 0 }
    return new EntityParseError(
      `Can't find end of ${kind} entity at byte offset ${byteOffset(this.#source, begin)}`,
    )
  }
}

/** A backslash escapes any ASCII character except the control code 127. */
function isEscapable(code: number): boolean {
  return code > 0 && code <= 126
}
