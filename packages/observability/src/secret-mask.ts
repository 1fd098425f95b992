import { API_KEYS, BOT_TOKENS, DISGUISE, looksSecret, plainForm, toPlainText } from '@pluggram/base'
import { encodedForms } from './secret-forms.ts'

const MASK = '[secret]'
/** Shorter values would mask ordinary words. */
const MIN_SECRET_LENGTH = 6
/** Higher in chats, because a weak password may be an ordinary word. */
const MIN_CHAT_SECRET_LENGTH = 8
const LONG_SECRET = 16
/** A text may have encoded forms of secrets only if it has a word like this. */
const LONG_WORD = /[\w+/=-]{14}/
/** The start of something encoded, or of an address with a password, at the end of a text. */
const UNFINISHED = /(?:%[0-9a-f]?|&[#\w]{0,7}|\\(?:u[0-9a-f]{0,3})?|:(?:\/(?:\/[^\s/?#"'<>@]{0,200})?)?)$/i
/** How much longer than itself a disguised secret may be. */
const MOST_DISGUISE = 12

/** Hides secrets in what leaves the process. */
export interface SecretMask {
  apply(text: string): string
  /**
   * The same for chats and models: values that could be ordinary words are not hidden, and nothing
   * because of its place alone, except a password in an address.
   */
  applyToChat(text: string): string
  /**
   * `apply` for every key and text in plain data. Every text below a key that looks secret is
   * hidden. Returns the same object when there is nothing to hide.
   */
  deep<Value>(value: Value): Value
  /** `applyToChat` for every key and text in plain data. */
  deepToChat<Value>(value: Value): Value
  /**
   * The number of characters at the end of a text that may be the start of a secret hidden by
   * `applyToChat`.
   */
  heldBack(text: string): number
  /** Adds values to hide. */
  add(secrets: readonly string[]): void
}

/**
 * Creates a mask for bot tokens and the given values, also when they are encoded for JSON, HTML,
 * addresses, forms or headers, or have characters in them that nobody sees.
 */
export function createSecretMask(secrets: readonly string[] = []): SecretMask {
  const known = new Wanted()
  const inChats = new Wanted()

  function add(values: readonly string[]): void {
    for (const value of values) {
      if (value.length < MIN_SECRET_LENGTH) continue
      known.add(value)
      if (isNoWord(value)) inChats.add(value)
    }
  }

  const apply = (text: string): string => maskPlaces(maskUserInfo(known.hide(text)))
  const applyToChat = (text: string): string => maskUserInfo(inChats.hide(text))
  add(secrets)
  return {
    apply,
    applyToChat,
    deep: (value) => change(value, apply, looksSecret) as typeof value,
    deepToChat: (value) => change(value, applyToChat) as typeof value,
    heldBack: (text) => inChats.unfinished(text),
    add,
  }
}

/** A set of secrets to look for. */
class Wanted {
  readonly #values = new Set<string>()
  readonly #plain = new Set<string>()
  readonly #encoded = new Set<string>()
  #longest = 0
  #patterns: { readonly values: RegExp; readonly plain: RegExp; readonly encoded: RegExp } | undefined

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
    let hidden = text.replace(values, MASK).replace(BOT_TOKENS, MASK)
    if (LONG_WORD.test(hidden)) hidden = hidden.replace(encoded, MASK)
    return DISGUISE.test(hidden) || hidden.includes('+') ? this.#hideDisguised(hidden) : hidden
  }

  #hideDisguised(text: string): string {
    const quick = spaced(toPlainText(text))
    if (
      ![this.#patterns?.plain, BOT_TOKENS, this.#patterns?.encoded].some(
        (pattern) => pattern && quick.search(pattern) !== -1,
      )
    )
      return text
    const form = plainForm(text)
    const plain = spaced(form.text)
    const found = [this.#patterns?.plain, BOT_TOKENS, this.#patterns?.encoded]
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

function isNoWord(value: string): boolean {
  if (value.length < MIN_CHAT_SECRET_LENGTH) return false
  return value.length >= LONG_SECRET || (/\d/.test(value) && /\p{L}/u.test(value))
}

/** Longest first, so that a secret that contains another one is masked completely. */
function patternOf(values: ReadonlySet<string>): RegExp {
  if (values.size === 0) return /(?!)/g
  const sorted = [...values].toSorted((a, b) => b.length - a.length)
  return new RegExp(sorted.map((value) => RegExp.escape(value)).join('|'), 'g')
}

/** Changes plain data; bytes, dates and other objects of a class stay as they are. */
function change(
  value: unknown,
  hide: (text: string) => string,
  isSecretKey?: (key: string) => boolean,
  isSecret = false,
): unknown {
  if (typeof value === 'string') return isSecret && value !== '' ? MASK : hide(value)
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => change(item, hide, isSecretKey, isSecret))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  let isChanged = false
  const entries = Object.entries(value).map(([key, item]: [string, unknown]) => {
    const entry = [hide(key), change(item, hide, isSecretKey, isSecret || isSecretKey?.(key) === true)]
    isChanged ||= entry[0] !== key || entry[1] !== item
    return entry
  })
  return isChanged ? (Object.fromEntries(entries) as unknown) : value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** What stands between `//` and `@` of an address, or of anything that looks like one. */
const USER_INFO = /(?<=:\/\/)[^\s/?#"'<>]{1,1000}@/g
/** A parameter of an address or a form. */
const PARAMETER = /(?<=[?&;]((?:[\w.[\]-]|%[0-9a-f]{2}){1,64})=)[^&;#\s"'<>\\]+/gi
/** A part of a connection string. */
const PAIR = /(?<=\b(?:password|passwd|pwd|passphrase)=)[^\s&;,"'<>\\]{3,}/gi
/** A header, as errors of HTTP clients show it. */
const AUTHORIZATION = /(?<=\b(?:bearer|basic)\s+)[\w+/.~=-]{16,}/gi
/** Characters that ordinary words do not have. */
const NO_WORD = /[\d+/=]|[a-z][A-Z]/
/** Passwords of examples: nobody has them. */
const EXAMPLE =
  /^(?:(?:your|my)?[-_]?(?:pass(?:word|wd)?|pwd|pw|secret|token|key)|\*+|x+|\.+|<.*|\$?\{.*|\[.*|%.*%)$/i
/** A user without a password, such as `git`, is shorter than a token. */
const LONGEST_USER = 15

/** Hides user and password in every address. Those of examples stay. */
function maskUserInfo(text: string): string {
  if (!text.includes('://') || !text.includes('@')) return text
  return text.replace(USER_INFO, (whole) => {
    const info = whole.slice(0, -1)
    const colon = info.indexOf(':')
    const [user, password] = colon === -1 ? [info, ''] : [info.slice(0, colon), info.slice(colon + 1)]
    const isHarmless =
      password === '' ? user.length <= LONGEST_USER : password === user || EXAMPLE.test(password)
    return isHarmless ? whole : `${MASK}@`
  })
}

/** Hides what its place shows to be secret, even if nobody told of it. For readers who are not the owner's chats. */
function maskPlaces(text: string): string {
  let masked = text
  if (text.includes('=')) {
    masked = masked
      .replace(PARAMETER, (value, name: string) => (looksSecret(decodeName(name)) ? MASK : value))
      .replace(PAIR, MASK)
  }
  return masked
    .replace(AUTHORIZATION, (value) => (NO_WORD.test(value) ? MASK : value))
    .replace(API_KEYS, MASK)
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    // a name that cannot be read hides what it names
    return 'secret'
  }
}
