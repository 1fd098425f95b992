import { DISGUISE, plainForm, toPlainText } from './plain-form.ts'
import { encodedForms } from './secret-forms.ts'
import { BOT_TOKENS } from './secret-shapes.ts'

/** What replaces a secret. */
export const MASK = '[secret]'
/** Shorter values would mask ordinary words. */
export const MIN_SECRET_LENGTH = 6
/** A text may have encoded forms of secrets only if it has a word like this. */
const LONG_WORD = /[\w+/=-]{14}/
/** The start of something encoded, or of an address with a password, at the end of a text. */
const UNFINISHED = /(?:%[0-9a-f]?|&[#\w]{0,7}|\\(?:u[0-9a-f]{0,3})?|:(?:\/(?:\/[^\s/?#"'<>@]{0,200})?)?)$/i
/** How much longer than itself a disguised secret may be. */
const MOST_DISGUISE = 12

/** A set of secrets to look for in texts, in every form in which they leave programs. */
export class KnownSecrets {
  readonly #values = new Set<string>()
  readonly #plain = new Set<string>()
  readonly #encoded = new Set<string>()
  readonly #shapes: RegExp
  #longest = 0
  #patterns: { readonly values: RegExp; readonly plain: RegExp; readonly encoded: RegExp } | undefined

  /** @param shapes what is hidden whatever its value. Default: bot tokens */
  constructor(shapes: RegExp = BOT_TOKENS) {
    this.#shapes = shapes
  }

  add(secret: string): void {
    this.#values.add(secret)
    const plain = toPlain(secret)
    // a secret of nothing but what nobody sees would be found everywhere
    if (plain.length >= MIN_SECRET_LENGTH) this.#plain.add(plain)
    for (const form of encodedForms(secret)) this.#encoded.add(form)
    this.#longest = Math.max(this.#longest, plain.length)
    this.#patterns = undefined
  }

  hide(text: string): string {
    this.#patterns ??= {
      values: patternOf(this.#values),
      plain: patternOf(this.#plain),
      encoded: patternOf(this.#encoded),
    }
    const { values, encoded } = this.#patterns
    let hidden = text.replace(values, MASK).replace(this.#shapes, MASK)
    if (LONG_WORD.test(hidden)) hidden = hidden.replace(encoded, MASK)
    return DISGUISE.test(hidden) || hidden.includes('+') ? this.#hideDisguised(hidden) : hidden
  }

  #hideDisguised(text: string): string {
    const quick = spaced(toPlainText(text))
    if (
      ![this.#patterns?.plain, this.#shapes, this.#patterns?.encoded].some(
        (pattern) => pattern && quick.search(pattern) !== -1,
      )
    )
      return text
    const form = plainForm(text)
    const plain = spaced(form.text)
    const found = [this.#patterns?.plain, this.#shapes, this.#patterns?.encoded]
      .flatMap((pattern) => (pattern ? [...plain.matchAll(pattern)] : []))
      .map(({ 0: match, index }) => ({
        start: form.starts[index] ?? 0,
        end: form.ends[index + match.length - 1] ?? text.length,
      }))
    if (found.length === 0) return text
    const parts: string[] = []
    let from = 0
    for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
      // one that begins within another is part of it
      if (start >= from) parts.push(text.slice(from, start), MASK)
      from = Math.max(from, end)
    }
    return parts.join('') + text.slice(from)
  }

  /** How many characters at the end of a text may be the start of a secret. */
  unfinished(text: string): number {
    const window = text.slice(-(this.#longest * MOST_DISGUISE + 300))
    const unfinished = UNFINISHED.exec(window)?.[0].length ?? 0
    const { text: plain, starts } = plainForm(window.slice(0, window.length - unfinished))
    const end = spaced(plain)
    let most = 0
    for (const secret of this.#plain) {
      for (let length = Math.min(secret.length - 1, end.length); length > most; length -= 1) {
        if (secret[length - 1] === end.at(-1) && end.endsWith(secret.slice(0, length))) most = length
      }
    }
    return most === 0 ? unfinished : window.length - (starts[plain.length - most] ?? window.length)
  }
}

/** Forms write a space as `+`. */
function spaced(text: string): string {
  return text.replaceAll('+', ' ')
}

function toPlain(secret: string): string {
  return spaced(toPlainText(secret))
}

/** Longest first, so that a secret that contains another one is masked completely. */
function patternOf(values: ReadonlySet<string>): RegExp {
  if (values.size === 0) return /(?!)/g
  const sorted = [...values].toSorted((a, b) => b.length - a.length)
  return new RegExp(sorted.map((value) => RegExp.escape(value)).join('|'), 'g')
}
