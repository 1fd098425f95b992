import { visibleText } from './visible-text.ts'

const LABEL = String.raw`[\p{L}\p{N}\p{M}_-]+`
const REST = String.raw`[^\s"'<>\\${'`'}{}|^]`
/**
 * Matches what a tool could take for an address: anything with a scheme, a name with dots, an IP
 * address, or a host with a port or path. It must run in linear time, because attackers control the
 * input.
 */
const ADDRESS = new RegExp(
  [
    String.raw`\b(?:https?|wss?|ftp):[/\\]*${REST}+`,
    String.raw`(?<![\p{L}\p{N}\p{M}_.-])(?:${LABEL}\.)+${LABEL}\.?(?::\d+)?(?:[/?#]${REST}*)?`,
    String.raw`\[[\da-f:.]+\](?::\d+)?(?:[/?#]${REST}*)?`,
    String.raw`(?<![\p{L}\p{N}\p{M}_.-])localhost(?=[:/])(?::\d+)?(?:[/?#]${REST}*)?`,
  ].join('|'),
  'giu',
)
const HAS_SCHEME = /^(?:https?|wss?|ftp):/i
/** The last label of a name, or the last number of an IPv4 address. */
const NAME_END = /(?:\.(?:\p{L}[\p{L}\p{M}]+|xn--[a-z\d-]+)|^\d{1,3}(?:\.\d{1,3}){3})$/iu
/** Ends of file names that are no ends of host names. */
const FILE_END =
  /\.(?:pdf|txt|docx?|xlsx?|pptx?|jpe?g|png|gif|webp|csv|json|xml|ya?ml|html?|js|ts|mp[34]|ogg|wav)$/i
/** Punctuation that can follow an address in a sentence. */
const PUNCTUATION = '.,;:!?*_)]}…'
/** Full stops of other scripts; a host's name may be written with them. */
const FULL_STOPS = /[。｡．]/gu

/** Finds every web address in a text, without trailing punctuation. Those of e-mails are none. */
export function findAddresses(text: string): string[] {
  const plain = visibleText(text).replaceAll(FULL_STOPS, '.')
  return [...plain.matchAll(ADDRESS)].flatMap((match) => {
    const address = trimEnd(match[0])
    const before = plain.slice(Math.max(0, match.index - 2), match.index)
    // a mail address has no path, and a file's name stands behind a single slash
    const isOther = !/[:/?#]/.test(address) && (before.endsWith('@') || /(?:^|[^/])\/$/.test(before))
    return !isOther && isAddress(address) ? [address] : []
  })
}

/** The addresses in a value that a tool gets; a text without spaces is also read as a whole. */
export function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const whole = visibleText(value).replaceAll(/\s/g, '')
    const isWhole = HAS_SCHEME.test(whole) || (!/\s/.test(value.trim()) && isAddress(whole))
    return [...new Set([...(isWhole && parseAddress(whole) ? [whole] : []), ...findAddresses(value)])]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [...findAddresses(key), ...addressesIn(member)])
}

/** Reads an address as a browser does; without a scheme it is a web page. */
export function parseAddress(text: string): URL | undefined {
  const plain = text.replaceAll(FULL_STOPS, '.')
  return URL.parse(HAS_SCHEME.test(plain) ? plain : `https://${plain.replace(/^[/\\]+/, '')}`) ?? undefined
}

/** The same text for all spellings of an address. The fragment is dropped, because it is never sent. */
export function addressKey(url: URL): string {
  const user = url.username === '' && url.password === '' ? '' : `${url.username}:${url.password}@`
  const port = url.port === '' ? '' : `:${url.port}`
  return `${user}${hostOf(url)}${port}${url.pathname.replace(/\/$/, '')}${url.search}`
}

export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/\.$/, '')
}

/** A host with its port, as a person agrees to it. */
export function hostKey(url: URL): string {
  return url.port === '' ? hostOf(url) : `${hostOf(url)}:${url.port}`
}

function isAddress(text: string): boolean {
  if (HAS_SCHEME.test(text) || text.startsWith('[')) return true
  const isBare = !/[/?#:]/.test(text)
  const authority = /^[^/?#\\]*/.exec(text)?.[0] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '')
  // any name counts when a path, query or port follows it
  if (!isBare) return host.includes('.') || host.toLowerCase() === 'localhost'
  return NAME_END.test(host.replace(/\.$/, '')) && !FILE_END.test(host) && !text.includes('@')
}

function trimEnd(address: string): string {
  let end = address.length
  while (end > 0 && PUNCTUATION.includes(address.charAt(end - 1))) end -= 1
  let opened = 0
  for (const character of address.slice(0, end)) {
    if (character === '(') opened += 1
    if (character === ')') opened -= 1
  }
  // a closing bracket belongs to the address if its opening bracket does
  for (; opened > 0 && address[end] === ')'; opened -= 1) end += 1
  return address.slice(0, end)
}
