import type { MessageEntity } from 'grammy/types'

/** Text as Telegram shows it, with its formatting beside it; offsets count UTF-16 units. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

/** A kind of formatting without its position. */
export type EntityStyle =
  | {
      readonly type:
        | 'bold'
        | 'italic'
        | 'underline'
        | 'strikethrough'
        | 'spoiler'
        | 'blockquote'
        | 'expandable_blockquote'
        | 'code'
    }
  | { readonly type: 'pre'; readonly language?: string }
  | { readonly type: 'text_link'; readonly url: string }
  | { readonly type: 'custom_emoji'; readonly custom_emoji_id: string }

/** Text without formatting. */
export function plainText(text: string): FormattedText {
  return { text: text.toWellFormed(), entities: [] }
}

/** Text with formatting whose places are known. */
export function withStyles(text: string, entities: readonly MessageEntity[]): FormattedText {
  return { text: text.toWellFormed(), entities: inOrder(keepCodeApart(entities)) }
}

function inOrder(entities: readonly MessageEntity[]): MessageEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length)
}

/** The units from `start` to `end`; entities that cross a border are cut there. */
export function sliceFormatted(source: FormattedText, start: number, end: number): FormattedText {
  const entities = source.entities.flatMap((entity) => {
    const from = Math.max(entity.offset, start)
    const to = Math.min(entity.offset + entity.length, end)
    return from < to ? [{ ...entity, offset: from - start, length: to - from }] : []
  })
  return { text: source.text.slice(start, end), entities }
}

/** Puts plain text behind `source`. */
export function appendPlain(source: FormattedText, text: string): FormattedText {
  return { text: source.text + text.toWellFormed(), entities: source.entities }
}

/** Writes text and formatting in one go; formatting is opened, written into and closed. */
export class FormattedTextBuilder {
  #chunks: string[] = []
  #length = 0
  #entities: MessageEntity[] = []
  #open = new Set<string>()

  get length(): number {
    return this.#length
  }

  write(text: string): void {
    this.#chunks.push(text)
    this.#length += text.length
  }

  /** Formats what `content` writes. Formatting inside the same formatting adds nothing and is left out. */
  within(style: EntityStyle, content: () => void): void {
    const close = this.open(style)
    content()
    close()
  }

  /** Starts formatting here; it ends where the returned function is called. */
  open(style: EntityStyle): () => void {
    const family = style.type.endsWith('blockquote') ? 'blockquote' : style.type
    if (this.#open.has(family)) return () => undefined
    this.#open.add(family)
    const offset = this.#length
    return () => {
      this.#open.delete(family)
      if (this.#length > offset) this.#entities.push({ ...style, offset, length: this.#length - offset })
    }
  }

  /** Ends the text with exactly `count` line breaks, unless it is still empty. */
  breakLine(count: number): void {
    if (this.#length === 0) return
    let present = 0
    const tail = this.#chunks.slice(-4).join('')
    while (present < count && tail.at(-1 - present) === '\n') present++
    this.write('\n'.repeat(count - present))
  }

  finish(): FormattedText {
    return withStyles(this.#chunks.join(''), this.#entities)
  }
}

const BARRED_FROM_CODE = new Set(['bold', 'italic', 'underline', 'strikethrough', 'spoiler'])

/** Telegram allows no other style on code (Bot API: MessageEntity): the others end before it and go on after it. */
function keepCodeApart(entities: readonly MessageEntity[]): MessageEntity[] {
  const codes = entities
    .filter(({ type }) => type === 'code' || type === 'pre')
    .toSorted((a, b) => a.offset - b.offset)
  if (codes.length === 0) return [...entities]
  return entities.flatMap((entity) => {
    if (!BARRED_FROM_CODE.has(entity.type)) return [entity]
    const pieces: MessageEntity[] = []
    const end = entity.offset + entity.length
    let offset = entity.offset
    for (const code of codes) {
      const codeEnd = code.offset + code.length
      if (codeEnd <= offset || code.offset >= end) continue
      if (code.offset > offset) pieces.push({ ...entity, offset, length: code.offset - offset })
      offset = codeEnd
    }
    if (offset < end) pieces.push({ ...entity, offset, length: end - offset })
    return pieces
  })
}

const LINK_PROTOCOLS = new Set(['http:', 'https:', 'tg:', 'mailto:', 'tel:'])

/** Whether Telegram can make `address` a link; relative and script addresses cannot be one. */
export function isLinkAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && LINK_PROTOCOLS.has(url.protocol)
}
