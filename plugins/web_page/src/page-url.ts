import { firstAddress } from '@pluggram/plugin-kit/linked-text'
import type { TextEntity } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

/** A message for a user about a page that cannot be read. */
export class PageError extends Error {}

const MAX_CHARACTERS = 2_048
/** `example.com/page`: the name needs a dot, so that plain words are not taken for addresses. */
const BARE = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?::\d{1,5})?(?:[/?#]\S*)?$/u

/** A text with its formatting. */
export interface Place {
  readonly text: string
  readonly entities?: readonly TextEntity[] | undefined
}

export function findAddress({ text, entities }: Place): string | undefined {
  const trimmed = text.trim()
  return firstAddress(text, entities) ?? (BARE.test(trimmed) ? trimmed : undefined)
}

/**
 * The address that a text is or contains, spelled out or behind linked words.
 * @throws PageError
 */
export function pageUrl(text: string, entities?: readonly TextEntity[]): URL {
  const found = findAddress({ text, entities })
  if (found === undefined) throw new PageError(TEXTS.whichPage)
  if (found.length > MAX_CHARACTERS) throw new PageError(TEXTS.addressTooLong)
  const url = URL.parse(/^https?:\/\//i.test(found) ? found : `https://${found}`)
  if (!url) throw new PageError(TEXTS.notAnAddress)
  if (url.username !== '' || url.password !== '') {
    throw new PageError(TEXTS.hasPassword)
  }
  url.hash = ''
  return url
}
