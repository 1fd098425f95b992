import { DISGUISE, joinLines, plainForm, toPlainText, withoutLineBreaks } from './plain-form.ts'
import type { PlainForm } from './plain-form.ts'
import { encodedForms } from './secret-forms.ts'
import { BOT_TOKENS } from './secret-shapes.ts'

/** What replaces a secret. */
export const MASK = '[secret]'
/** Shorter values would mask ordinary words. */
export const MIN_SECRET_LENGTH = 6
/** A text may have encoded forms of secrets only if it has a word like this. */
const LONG_WORD = /[\w+/=-]{14}/
/** A line break, also in JSON, in an address and in HTML. */
const LINE_BREAK = /[\r\n]|\\[nr]|%0[ad]|&#(?:1[03]|xa|xd);/i
/** Shorter ones might come about where two lines meet. */
const MIN_WRAPPED_LENGTH = 12
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
  #patterns: Patterns | undefined
  /** Everything whose beginning may be at the end of a text. */
  #written: readonly string[] | undefined

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
    this.#written = undefined
  }

  hide(text: string): string {
    const { values, encoded, plain, long } = (this.#patterns ??= this.#createPatterns())
    let hidden = text.replace(values, MASK).replace(this.#shapes, MASK)
    if (LONG_WORD.test(hidden)) hidden = hidden.replace(encoded, MASK)
    if (DISGUISE.test(hidden) || hidden.includes('+'))
      hidden = hideIn(hidden, { as: toPlainText, form: plainForm, patterns: [plain, this.#shapes, encoded] })
    if (!LINE_BREAK.test(hidden)) return hidden
    return hideIn(hidden, {
      as: (wrapped) => withoutLineBreaks(toPlainText(wrapped)),
      form: (wrapped) => joinLines(plainForm(wrapped)),
      patterns: [long, encoded],
    })
  }

  #createPatterns(): Patterns {
    const long = [...this.#plain].filter(({ length }) => length >= MIN_WRAPPED_LENGTH)
    return {
      values: patternOf(this.#values, orCut),
      plain: patternOf(this.#plain, orCut),
      long: patternOf(new Set(long.map(withoutLineBreaks))),
      encoded: patternOf(new Set([...this.#encoded].flatMap((form) => [form, spaced(form)])), andOn),
    }
  }

  /** How many characters at the end of a text may be the start of a secret. */
  unfinished(text: string): number {
    const window = text.slice(-(this.#longest * MOST_DISGUISE + 300))
    const unfinished = UNFINISHED.exec(window)?.[0].length ?? 0
    const form = plainForm(window.slice(0, window.length - unfinished))
    const from = Math.min(
      this.#unfinishedFrom(form, MIN_SECRET_LENGTH),
      LINE_BREAK.test(window)
        ? this.#unfinishedFrom(joinLines(form), MIN_WRAPPED_LENGTH)
        : Number.POSITIVE_INFINITY,
    )
    return from > window.length ? unfinished : window.length - from
  }

  /** Where the start of a secret at the end of a text begins. */
  #unfinishedFrom({ text, starts }: PlainForm, shortest: number): number {
    const end = spaced(text)
    const last = end.at(-1)
    if (last === undefined) return Number.POSITIVE_INFINITY
    let most = 0
    this.#written ??= [...this.#plain, ...this.#encoded]
    for (const secret of this.#written) {
      if (secret.length < shortest) continue
      let at = secret.lastIndexOf(last, Math.min(secret.length - 2, end.length - 1))
      while (at >= most && !end.endsWith(secret.slice(0, at + 1)))
        at = at === 0 ? -1 : secret.lastIndexOf(last, at - 1)
      most = Math.max(most, at + 1)
    }
    return most === 0 ? Number.POSITIVE_INFINITY : (starts[text.length - most] ?? 0)
  }
}

interface Patterns {
  readonly values: RegExp
  readonly plain: RegExp
  /** Values that are recognised also when they are broken over lines. */
  readonly long: RegExp
  readonly encoded: RegExp
}

interface Disguise {
  /** Undoes the disguise. Fast. */
  as(text: string): string
  /** The same, with where each character came from. */
  form(text: string): PlainForm
  readonly patterns: readonly RegExp[]
}

/** Hides what is found in the form without a disguise. */
function hideIn(text: string, { as, form, patterns }: Disguise): string {
  const quick = spaced(as(text))
  if (!patterns.some((pattern) => quick.search(pattern) !== -1)) return text
  const { text: plain, starts, ends } = form(text)
  const found = patterns
    .flatMap((pattern) => [...spaced(plain).matchAll(pattern)])
    .map(({ 0: match, index }) => ({
      start: starts[index] ?? 0,
      end: ends[index + match.length - 1] ?? text.length,
    }))
  const parts: string[] = []
  let from = 0
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    // one that begins within another is part of it
    if (start >= from) parts.push(text.slice(from, start), MASK)
    from = Math.max(from, end)
  }
  return parts.join('') + text.slice(from)
}

/** Forms write a space as `+`. */
function spaced(text: string): string {
  return text.replaceAll('+', ' ')
}

function toPlain(secret: string): string {
  return spaced(toPlainText(secret))
}

/** Longest first, so that a secret that contains another one is masked completely. */
function patternOf(values: ReadonlySet<string>, write: (value: string) => string = RegExp.escape): RegExp {
  if (values.size === 0) return /(?!)/g
  const sorted = [...values].toSorted((a, b) => b.length - a.length)
  return new RegExp(sorted.map(write).join('|'), 'g')
}

/** Half of a secret, and more, is a secret: long texts are cut off before they are looked at. */
const MIN_CUT_LENGTH = 10
const MOST_CUT_LENGTH = 64

/** Matches the beginning of an encoded secret and all that is encoded with it. */
function andOn(form: string): string {
  return `${RegExp.escape(form.slice(0, Math.max(MIN_CUT_LENGTH, Math.ceil(form.length / 2))))}[\\w+/=-]*`
}

/** Matches a secret, or what is left of it when its end was cut off. */
function orCut(value: string): string {
  const least = Math.max(MIN_CUT_LENGTH, Math.ceil(value.length / 2))
  // the first half of an address is no secret
  if (value.length <= least || value.includes('://')) return RegExp.escape(value)
  const [head, rest] = [value.slice(0, least), Array.from(value.slice(least))]
  const tail = RegExp.escape(rest.slice(MOST_CUT_LENGTH).join(''))
  const optional = rest
    .slice(0, MOST_CUT_LENGTH)
    .reduceRight((inner, character) => `(?:${RegExp.escape(character)}${inner})?`, tail && `(?:${tail})?`)
  return RegExp.escape(head) + optional
}
