import { hostOf } from './addresses.ts'

/** Shorter numbers and words are in every text. */
const MIN_NUMBER = 3
const MIN_WORD = 4
/** Longer parts without a break can hold anything. */
const MAX_OPAQUE = 24
const MAX_QUERY = 200
const YEAR = /^(?:19|20)\d\d$/

/** What is known about the words that an address may be made of. */
export interface Conversation {
  /** What the user typed. */
  readonly own: string
  /** Everything else that the model reads. */
  readonly other: string
}

/**
 * Whether an address carries data out of a conversation. It is asked about addresses whose host is
 * known only: for any other, data could be in it in a form that nobody recognises.
 * @param isReference the host is one that no stranger reads: words and years may be in its addresses
 */
export function carriesData(url: URL, { own, other }: Conversation, isReference: boolean): boolean {
  if (url.username !== '' || url.password !== '' || url.search.length > MAX_QUERY) return true
  const parts = partsOf(url)
  if (parts.some((part) => isOpaque(part))) return true
  const found = new Set(parts.flatMap((part) => readings(part)).flatMap((text) => tokensOf(text)))
  const [ownTokens, otherTokens] = [new Set(tokensOf(own)), new Set(tokensOf(other))]
  for (const token of found) {
    const isNumber = /\p{N}/u.test(token)
    if (isReference && (!isNumber || YEAR.test(token) || ownTokens.has(token))) continue
    if (isNumber && (otherTokens.has(token) || ownTokens.has(token))) return true
    if (!isNumber && otherTokens.has(token) && !ownTokens.has(token)) return true
  }
  // a number may be spread over the parts, forwards or backwards
  const digits = parts.join('').replaceAll(/[^\d]/g, '')
  const backwards = [...digits].toReversed().join('')
  for (const token of isReference ? otherTokens : new Set([...otherTokens, ...ownTokens])) {
    if (!/^\d{4,}$/.test(token) || (isReference && (YEAR.test(token) || ownTokens.has(token)))) continue
    if (digits.includes(token) || backwards.includes(token)) return true
  }
  return false
}

/** Whether an address is a plain name of a site, which has no room for data. */
export function isPlainSite(url: URL): boolean {
  const labels = hostOf(url)
    .replace(/^www\./, '')
    .split('.')
  const isShort =
    labels.length === 2 || (labels.length === 3 && /^(?:co|com|org|ac|gov)$/.test(labels[1] ?? ''))
  return (
    isShort &&
    labels.every((label) => /^[a-z]{2,20}$/.test(label)) &&
    (url.pathname === '/' || url.pathname === '') &&
    url.search === '' &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  )
}

/** Labels before the site's name, segments of the path, and names and values of the query. */
function partsOf(url: URL): string[] {
  return [
    ...hostOf(url).split('.').slice(0, -2),
    ...url.pathname.split('/'),
    ...[...url.searchParams].flat(),
  ].filter((part) => part !== '')
}

/** A part as it is, decoded, and backwards. */
function readings(part: string): string[] {
  const plain = decodePercent(decodePercent(part))
  const decoded = [
    Buffer.from(plain, 'base64url').toString('latin1'),
    Buffer.from(plain, 'base64').toString('latin1'),
    Buffer.from(plain, 'hex').toString('latin1'),
  ].filter((text) => text.length >= MIN_NUMBER && /^[\t\n\r\u0020-\u007E]+$/.test(text))
  return [plain, ...decoded, [...plain].toReversed().join('')]
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isOpaque(part: string): boolean {
  return decodePercent(part)
    .split(/[-_.,+\s()]+/)
    .some((word) => word.length >= MAX_OPAQUE && (/\d/.test(word) || /[a-z][A-Z]/.test(word)))
}

function tokensOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).filter((token) =>
    /\p{N}/u.test(token) ? token.length >= MIN_NUMBER : token.length >= MIN_WORD,
  )
}
