import type { MessageEntity } from 'grammy/types'

/** Text as Telegram shows it, with its formatting as entities; offsets count UTF-16 units. */
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

export function plainText(text: string): FormattedText {
  return { text: text.toWellFormed(), entities: [] }
}

/**
 * Whether Telegram would treat `text` as empty: white space, control and invisible characters, and
 * the few marks that it always strips.
 */
export function isBlank(text: string): boolean {
  return /^(?:[\s\p{Cc}\p{Cf}\u2800\uFFFC]|\u030A|\u0333|\u033F)*$/u.test(text)
}

/** Text with formatting at known positions. */
export function withStyles(text: string, entities: readonly MessageEntity[]): FormattedText {
  return { text: text.toWellFormed(), entities: inOrder(keepCodeApart(entities)) }
}

function inOrder(entities: readonly MessageEntity[]): MessageEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length)
}

/** The units from `start` to `end`; entities that cross a boundary are cut there. */
export function sliceFormatted(source: FormattedText, start: number, end: number): FormattedText {
  const entities = source.entities.flatMap((entity) => {
    const from = Math.max(entity.offset, start)
    const to = Math.min(entity.offset + entity.length, end)
    return from < to ? [{ ...entity, offset: from - start, length: to - from }] : []
  })
  return { text: source.text.slice(start, end), entities }
}

/** Appends plain text to `source`. */
export function appendPlain(source: FormattedText, text: string): FormattedText {
  return { text: source.text + text.toWellFormed(), entities: source.entities }
}

/** Builds text and formatting together: formatting is opened, written into and closed. */
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

  /** Formats what `content` writes. Formatting nested in the same formatting is dropped. */
  within(style: EntityStyle, content: () => void): void {
    const close = this.open(style)
    content()
    close()
  }

  /** Starts formatting at the current position; the returned function ends it. */
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

/**
 * Telegram allows no other style on code (Bot API: MessageEntity): other styles end before it and
 * resume after it.
 */
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

/** Whether Telegram accepts `address` as a link; it refuses relative and script URLs. */
export function isLinkAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && LINK_PROTOCOLS.has(url.protocol)
}

/** Bot API: sendMessage, 1-4096 characters after entities parsing, in UTF-16 units. */
export const MESSAGE_LIMIT = 4096
/** Bot API: Telegram keeps the first 100 entities of a message and drops the others in silence. */
export const ENTITY_LIMIT = 100
/** Bot API: captions, 0-1024 characters after entities parsing. */
export const CAPTION_LIMIT = 1024

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Splits text into parts of at most `limit` units (the first of at most `firstLimit`). The joined
 * parts are the whole text. No cut falls inside formatting that fits into one part, a line of code
 * or a row of a table; longer formatting continues in the next part.
 */
export function splitText(source: FormattedText, limit = MESSAGE_LIMIT, firstLimit = limit): FormattedText[] {
  const parts: FormattedText[] = []
  let start = 0
  while (start < source.text.length || parts.length === 0) {
    const most = parts.length === 0 ? firstLimit : limit
    const end = findCut(source, start, Math.min(most, entityLimit(source, start)))
    parts.push(sliceFormatted(source, start, end))
    start = end
  }
  return parts
}

/** How many units from `start` on have no more entities than Telegram keeps in a message. */
function entityLimit({ text, entities }: FormattedText, start: number): number {
  if (entities.length <= ENTITY_LIMIT) return Infinity
  const within = entities.filter(({ offset, length }) => offset + length > start)
  const first = within[ENTITY_LIMIT]
  if (!first) return Infinity
  // the first one too many begins the next part
  return Math.max(1, withoutTornPair(text, first.offset) - start)
}

/**
 * Places to cut, and how full the part must be for each: a cut at a paragraph may leave more room
 * than one at a word.
 */
const PLACES: readonly { readonly pattern: RegExp; readonly after: number }[] = [
  { pattern: /\n[^\S\n]*\n\s*/g, after: 0.4 },
  { pattern: /\n/g, after: 0.5 },
  { pattern: /[.!?…]["'»”)\]]*\s+|[。！？]/g, after: 0.6 },
  { pattern: /\s+/g, after: 0.5 },
]

function findCut({ text, entities }: FormattedText, start: number, limit: number): number {
  const hardEnd = start + limit
  if (text.length <= hardEnd) return text.length
  // Every round moves the cut towards the start, so the loop ends.
  let cut = goodPlace(text, { start, limit, from: endOfFirst({ text, entities }, start, hardEnd) })
  for (;;) {
    const torn = entities.filter(({ offset, length }) => offset < cut && cut < offset + length)
    const moves = torn
      .map((entity) => outside(entity, { text, start, cut, limit }))
      .filter((move) => move < cut)
    if (moves.length === 0) return cut
    cut = Math.min(...moves)
  }
}

interface Cut {
  readonly text: string
  readonly start: number
  readonly cut: number
  readonly limit: number
}

const BLOCKS: ReadonlySet<string> = new Set(['pre', 'blockquote', 'expandable_blockquote'])

/** Where to cut instead of inside `entity`; `cut` itself when there is no better place. */
function outside({ type, offset, length }: MessageEntity, { text, start, cut, limit }: Cut): number {
  const before = withoutTornPair(text, offset)
  const canMove = before > start && offset + length - before <= limit
  if (!BLOCKS.has(type)) return canMove ? before : cut
  // A block that fits into the next part moves there, unless that leaves this part half empty.
  if (canMove && before - start >= limit / 2) return before
  const line = text.lastIndexOf('\n', cut - 1) + 1
  if (line > Math.max(offset, start)) return line
  // Not even its first line fits here: the block starts in the next part, and is cut there if
  // necessary.
  return before > start ? before : cut
}

/**
 * Where formatting ends that starts with the part and fits into it. Moving it to the next part
 * would leave this one empty.
 */
function endOfFirst({ text, entities }: FormattedText, start: number, hardEnd: number): number {
  const ends = entities
    .filter(({ type, offset }) => offset === start && !BLOCKS.has(type))
    .map(({ offset, length }) => offset + length)
    .filter((end) => end <= hardEnd && withoutTornPair(text, end) === end)
  return Math.max(start, ...ends)
}

/** A good place to cut by paragraphs, lines or words, not before `from`. */
function goodPlace(
  text: string,
  { start, limit, from }: { readonly start: number; readonly limit: number; readonly from: number },
): number {
  const hardEnd = start + limit
  const window = text.slice(start, hardEnd)
  for (const { pattern, after } of PLACES) {
    const cut = lastEnd(window, pattern)
    if (cut >= limit * after && start + cut >= from) return start + cut
  }
  return Math.max(from, wholeCharacterCut(text, start, hardEnd))
}

/** Where the last match of `pattern` ends; 0 when there is none. */
function lastEnd(window: string, pattern: RegExp): number {
  let end = 0
  for (const match of window.matchAll(pattern)) end = match.index + match[0].length
  return end
}

/** The last place up to `end` that does not split a character. */
function wholeCharacterCut(text: string, start: number, end: number): number {
  const from = withoutTornPair(text, Math.max(start, end - 64))
  const character = graphemes.segment(text.slice(from, end + 64)).containing(end - from)
  const cut = from + (character?.index ?? end - from)
  // A character can have any number of combining marks; then only surrogate pairs are kept whole.
  return cut > start ? cut : withoutTornPair(text, end)
}

function withoutTornPair(text: string, position: number): number {
  const isInsidePair =
    isHighSurrogate(text.charCodeAt(position - 1)) && isLowSurrogate(text.charCodeAt(position))
  return isInsidePair ? position - 1 : position
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc_00 && unit <= 0xdf_ff
}
