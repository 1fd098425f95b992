import { API_KEYS, looksSecret } from '@pluggram/base'

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
export function maskUserInfo(text: string, mask: string): string {
  if (!text.includes('://') || !text.includes('@')) return text
  return text.replace(USER_INFO, (whole) => {
    const info = whole.slice(0, -1)
    const colon = info.indexOf(':')
    const [user, password] = colon === -1 ? [info, ''] : [info.slice(0, colon), info.slice(colon + 1)]
    const isHarmless =
      password === '' ? user.length <= LONGEST_USER : password === user || EXAMPLE.test(password)
    return isHarmless ? whole : `${mask}@`
  })
}

/** Hides what its place shows to be secret, even if nobody told of it. For readers who are not the owner's chats. */
export function maskPlaces(text: string, mask: string): string {
  let masked = text
  if (text.includes('=')) {
    masked = masked
      .replace(PARAMETER, (value, name: string) => (looksSecret(decodeName(name)) ? mask : value))
      .replace(PAIR, mask)
  }
  return masked
    .replace(AUTHORIZATION, (value) => (NO_WORD.test(value) ? mask : value))
    .replace(API_KEYS, mask)
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    // a name that cannot be read hides what it names
    return 'secret'
  }
}
