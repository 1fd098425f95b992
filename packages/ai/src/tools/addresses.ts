/**
 * With a scheme, or a host name that something follows; a row of letters is walked along once, since others choose how
 * long it is.
 */
const ADDRESS =
  /(?:\b(?:https?|wss?|ftp):\/\/|(?<![\p{L}\p{N}_@.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?=[/?:#]))[^\s"'<>\\`{}|^]+/giu
/** What stands behind an address in a sentence. */
const PUNCTUATION = '.,;:!?*_)]}…'

/** Every web address in a text, without the punctuation that follows it. */
export function findAddresses(text: string): string[] {
  return [...text.matchAll(ADDRESS)].map(([address]) => trimEnd(address))
}

/** The same address is written in several ways; the fragment never leaves the machine. */
export function normaliseAddress(address: string): string {
  const url = URL.parse(address.includes('://') ? address : `https://${address}`)
  if (!url) return address
  return `${url.host}${url.pathname.replace(/\/$/, '')}${url.search}`
}

function trimEnd(address: string): string {
  let end = address.length
  while (end > 0 && PUNCTUATION.includes(address.charAt(end - 1))) end -= 1
  let opened = 0
  for (const character of address.slice(0, end)) {
    if (character === '(') opened += 1
    if (character === ')') opened -= 1
  }
  // a closing bracket belongs to the address when one was opened in it
  for (; opened > 0 && address[end] === ')'; opened -= 1) end += 1
  return address.slice(0, end)
}
