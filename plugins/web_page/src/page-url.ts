/** A message for a user about a page that cannot be read. */
export class PageError extends Error {}

const MAX_CHARACTERS = 2_048
const IN_TEXT = /(?:https?:\/\/|www\.)[^\s<>"'`]+/i
/** `example.com/page`: the name needs a dot, so that plain words are not taken for addresses. */
const BARE = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?::\d{1,5})?(?:[/?#]\S*)?$/u

/**
 * The address that a text is or contains.
 * @throws PageError
 */
export function pageUrl(text: string): URL {
  const trimmed = text.trim()
  const found = BARE.test(trimmed) ? trimmed : IN_TEXT.exec(trimmed)?.[0].replace(/[.,;:!?)\]}]+$/, '')
  if (found === undefined) throw new PageError('Which page? For example: /read https://example.com')
  if (found.length > MAX_CHARACTERS) throw new PageError('That address is too long.')
  const url = URL.parse(/^https?:\/\//i.test(found) ? found : `https://${found}`)
  if (!url) throw new PageError("That isn't the address of a web page.")
  if (url.username !== '' || url.password !== '') {
    throw new PageError('That address contains a name or password. Use one without.')
  }
  url.hash = ''
  return url
}
