/**
 * Matches addresses with a scheme, or a host name followed by a path or the like. It must run in
 * linear time, because attackers control the input.
 */
const ADDRESS =
  /(?:\b(?:https?|wss?|ftp):\/\/|(?<![\p{L}\p{N}_@.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?=[/?:#]))[^\s"'<>\\`{}|^]+/giu
/** Punctuation that can follow an address in a sentence. */
const PUNCTUATION = '.,;:!?*_)]}…'

/** Finds every web address in a text, without trailing punctuation. */
export function findAddresses(text: string): string[] {
  return [...text.matchAll(ADDRESS)].map(([address]) => trimEnd(address))
}

/** Normalises the spelling of an address. The fragment is dropped, because it is never sent. */
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
  // a closing bracket belongs to the address if its opening bracket does
  for (; opened > 0 && address[end] === ')'; opened -= 1) end += 1
  return address.slice(0, end)
}
