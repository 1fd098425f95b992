/** A text as its reader would understand it, with where each character came from. */
export interface PlainForm {
  readonly text: string
  /** Of each character: where its source begins, and where it ends. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Characters that nobody sees: zero width, soft hyphens, directions, variation selectors, tags. */
const INVISIBLE =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff'
/** Tags: two code units each. */
const TAG = '\\udb40[\\udc00-\\udc7f]'
/** Percent encoding, HTML entities, escapes of JSON. */
const ENCODED =
  '(?:%[0-9a-f]{2})+|&(?:#\\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp);|\\\\(?:u[0-9a-f]{4}|["\'\\\\/bfnrt])'
const PART = new RegExp(`[${INVISIBLE}]|${TAG}|${ENCODED}`, 'gi')
/** Matches a text that may differ from its plain form. Fast. */
export const DISGUISE = new RegExp(`[%&\\\\\\udb40${INVISIBLE}]`)
/** Texts are sometimes encoded twice, such as JSON within JSON. */
const MOST_ROUNDS = 3

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** Removes what nobody sees, and decodes percent encoding, HTML entities and escapes of JSON. */
export function toPlainText(text: string): string {
  let plain = text
  for (let round = 0; round < MOST_ROUNDS && DISGUISE.test(plain); round += 1) {
    const next = plain.replace(PART, decode)
    if (next === plain) break
    plain = next
  }
  return plain
}

/** The same, with where each character came from. Slower. */
export function plainForm(text: string): PlainForm {
  let form: PlainForm = {
    text,
    starts: Array.from({ length: text.length }, (_, index) => index),
    ends: Array.from({ length: text.length }, (_, index) => index + 1),
  }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = decodeOnce(form)
    if (next === form) break
    form = next
  }
  return form
}

/** A line break and the indent behind it. */
const BREAK = /[\r\n]\s*/g

export function withoutLineBreaks(text: string): string {
  return text.replace(BREAK, '')
}

/** A form without its line breaks: programs wrap what is long. */
export function joinLines(form: PlainForm): PlainForm {
  const parts: string[] = []
  const [starts, ends]: [number[], number[]] = [[], []]
  let from = 0
  const copyUntil = (to: number): void => {
    parts.push(form.text.slice(from, to))
    for (let index = from; index < to; index += 1) {
      starts.push(form.starts[index] ?? 0)
      ends.push(form.ends[index] ?? 0)
    }
  }
  for (const { 0: part, index } of form.text.matchAll(BREAK)) {
    copyUntil(index)
    from = index + part.length
  }
  copyUntil(form.text.length)
  return { text: parts.join(''), starts, ends }
}

function decodeOnce(form: PlainForm): PlainForm {
  const parts: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  let from = 0
  const copyUntil = (to: number): void => {
    parts.push(form.text.slice(from, to))
    for (let index = from; index < to; index += 1) {
      starts.push(form.starts[index] ?? 0)
      ends.push(form.ends[index] ?? 0)
    }
  }
  for (const { 0: part, index } of form.text.matchAll(PART)) {
    copyUntil(index)
    from = index + part.length
    const decoded = decode(part)
    parts.push(decoded)
    // characters of one byte have their own place, so that what is beside them stays
    const step = decoded.length * 3 === part.length ? 3 : undefined
    for (let at = 0; at < decoded.length; at += 1) {
      const first = step === undefined ? index : index + at * step
      const last = step === undefined ? from - 1 : first + step - 1
      starts.push(form.starts[first] ?? 0)
      ends.push(form.ends[last] ?? 0)
    }
  }
  if (from === 0) return form
  copyUntil(form.text.length)
  return { text: parts.join(''), starts, ends }
}

function decode(part: string): string {
  if (part.startsWith('%')) return Buffer.from(part.replaceAll('%', ''), 'hex').toString('utf8')
  if (part.startsWith('&#')) {
    const isHex = /^&#x/i.test(part)
    return toCharacter(Number.parseInt(part.slice(isHex ? 3 : 2, -1), isHex ? 16 : 10))
  }
  if (part.startsWith('&')) return ENTITIES[part.slice(1, -1).toLowerCase()] ?? ''
  if (!part.startsWith('\\')) return ''
  if (part.length > 2) return String.fromCharCode(Number.parseInt(part.slice(2), 16))
  const character = part.slice(1)
  return ESCAPES[character] ?? character
}

function toCharacter(code: number): string {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : ''
}
