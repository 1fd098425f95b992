import { API_KEYS, KnownSecrets, looksSecret, MASK, MIN_SECRET_LENGTH } from '@pluggram/base'

/** Higher in chats, because a weak password may be an ordinary word. */
const MIN_CHAT_SECRET_LENGTH = 8
const LONG_SECRET = 16

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
  const known = new KnownSecrets()
  const inChats = new KnownSecrets()

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

function isNoWord(value: string): boolean {
  if (value.length < MIN_CHAT_SECRET_LENGTH) return false
  return value.length >= LONG_SECRET || (/\d/.test(value) && /\p{L}/u.test(value))
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
