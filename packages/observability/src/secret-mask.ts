const MASK = '[secret]'
/** Shorter values would blot out ordinary words. */
const MIN_SECRET_LENGTH = 6
/** A Telegram bot token, wherever it comes from. */
const BOT_TOKEN = /\d{5,}:[A-Za-z0-9_-]{30,}/g

/** Replaces secrets in text that leaves the process. */
export interface SecretMask {
  apply(text: string): string
  /** Adds values to hide. */
  add(secrets: readonly string[]): void
}

/** A mask that always hides bot tokens, and the values it is told, also in their JSON and URL forms. */
export function createSecretMask(secrets: readonly string[] = []): SecretMask {
  const known = new Set<string>()
  let pattern: RegExp | undefined
  function add(values: readonly string[]): void {
    for (const value of values) {
      if (value.length < MIN_SECRET_LENGTH) continue
      known.add(value)
      known.add(JSON.stringify(value).slice(1, -1))
      if (value.isWellFormed()) known.add(encodeURIComponent(value))
    }
    // the longest first, so that a secret which contains another is hidden whole
    const sorted = [...known].toSorted((a, b) => b.length - a.length)
    pattern =
      sorted.length > 0 ? new RegExp(sorted.map((value) => RegExp.escape(value)).join('|'), 'g') : undefined
  }
  add(secrets)
  return {
    apply(text) {
      const withoutKnown = pattern ? text.replace(pattern, MASK) : text
      return withoutKnown.replace(BOT_TOKEN, MASK)
    },
    add,
  }
}
