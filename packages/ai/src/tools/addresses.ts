/** With a scheme, or a host name that something follows. */
const ADDRESS =
  /(?:\b(?:https?|wss?|ftp):\/\/|(?<![\w@.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?=[/?:#]))[^\s"'<>\\`{}|^]+/giu
/** What stands behind an address in a sentence. */
const PUNCTUATION = /[.,;:!?*_)\]}…]+$/u

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
  let end = address.replace(PUNCTUATION, '')
  // a closing bracket belongs to the address when one was opened in it
  while (address[end.length] === ')' && count(end, '(') > count(end, ')')) {
    end = address.slice(0, end.length + 1)
  }
  return end
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
