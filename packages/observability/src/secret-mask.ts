import { BOT_TOKENS } from '@pluggram/base'

const MASK = '[secret]'
/** Shorter values would mask ordinary words. */
const MIN_SECRET_LENGTH = 6
/** Higher in chats, because a weak password may be an ordinary word. */
const MIN_CHAT_SECRET_LENGTH = 8
const LONG_SECRET = 16

/** Replaces secrets in text that leaves the process. */
export interface SecretMask {
  apply(text: string): string
  /** The same for chats: values that could be ordinary words are not masked. */
  applyToChat(text: string): string
  /**
   * The number of characters at the end of a text that may be the start of a secret masked by
   * `applyToChat`.
   */
  heldBack(text: string): number
  /** Adds values to mask. */
  add(secrets: readonly string[]): void
}

/** Creates a mask for bot tokens and the given values, including their JSON and URL encodings. */
export function createSecretMask(secrets: readonly string[] = []): SecretMask {
  const known = new Set<string>()
  const inChats = new Set<string>()
  let pattern: RegExp | undefined
  let chatPattern: RegExp | undefined

  function add(values: readonly string[]): void {
    for (const value of values) {
      if (value.length < MIN_SECRET_LENGTH) continue
      for (const form of formsOf(value)) {
        known.add(form)
        if (isNoWord(value)) inChats.add(form)
      }
    }
    pattern = patternOf(known)
    chatPattern = patternOf(inChats)
  }

  const hide = (text: string, secret: RegExp | undefined): string =>
    (secret ? text.replace(secret, MASK) : text).replace(BOT_TOKENS, MASK)

  add(secrets)
  return {
    apply: (text) => hide(text, pattern),
    applyToChat: (text) => hide(text, chatPattern),
    heldBack(text) {
      const last = text.at(-1)
      let most = 0
      for (const secret of last === undefined ? [] : inChats) {
        for (let length = Math.min(secret.length - 1, text.length); length > most; length -= 1) {
          if (secret[length - 1] === last && text.endsWith(secret.slice(0, length))) most = length
        }
      }
      return most
    },
    add,
  }
}

function formsOf(value: string): string[] {
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    ...(value.isWellFormed() ? [encodeURIComponent(value)] : []),
  ]
}

function isNoWord(value: string): boolean {
  if (value.length < MIN_CHAT_SECRET_LENGTH) return false
  return value.length >= LONG_SECRET || (/\d/.test(value) && /\p{L}/u.test(value))
}

/** Longest first, so that a secret that contains another one is masked completely. */
function patternOf(values: ReadonlySet<string>): RegExp | undefined {
  if (values.size === 0) return undefined
  const sorted = [...values].toSorted((a, b) => b.length - a.length)
  return new RegExp(sorted.map((value) => RegExp.escape(value)).join('|'), 'g')
}
