/** Telegram bot tokens in a text. A match begins where its digits do: a row of digits is walked along only once. */
export const BOT_TOKENS = /(?<!\d)\d{5,}:[A-Za-z0-9_-]{30,}/g

/** Keys of well-known services in a text, by how they begin. */
export const API_KEYS = /\b(?:(?:sk|pk|rk|gh[pousr]|github_pat|xox[a-z])[-_]|AIza|AKIA)[A-Za-z0-9_-]{16,}/g

/** Words that make a key secret wherever they occur in it. */
const SECRET_ANYWHERE =
  /(?:^|_)(?:secrets?|passwords?|passwd|passphrases?|passcodes?|credentials?|authorization|bearer|jwt|apikeys?|api_keys?|private_keys?|access_keys?)(?:_|$)/
// `PWD` alone is the shell's current folder, and no secret
const SECRET_AT_END = /(?:_pwd|(?:^|_)(?:tokens?|dsn|cookies?|auth|pin))$/
const KEY_AT_END = /(?:^|_)keys?$/
const HARMLESS =
  /(?:^|_)(?:(?:max|min|total|input|output|context|first|between|history)_tokens?|(?:public|primary|foreign|sort|partition|cache)_keys?)$/

/** Whether a key (snake_case, camelCase or an environment variable's name) looks as if its value were secret. */
export function looksSecret(key: string): boolean {
  // a hostile key may be a megabyte long; the words that matter stand at its ends
  const ends = key.length > 256 ? `${key.slice(0, 128)}_${key.slice(-128)}` : key
  const words = ends
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/_?\d*$/, '')
  if (SECRET_ANYWHERE.test(words)) return true
  return (SECRET_AT_END.test(words) || KEY_AT_END.test(words)) && !HARMLESS.test(words)
}

/** Whether a value looks like a credential although its key does not say so: it was pasted into the wrong place. */
export function resemblesSecret(value: string): boolean {
  if (
    /^\d{5,}:[\w-]{20,}/.test(value) ||
    /^(?:sk|pk|rk|gh[pousr]|xox[a-z]|key|AIza)[-_]?[\w-]{12,}$/.test(value)
  )
    return true
  if (/:[^\s@]+@/.test(value)) return true
  return /^[\w+/=.-]{24,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value)
}
