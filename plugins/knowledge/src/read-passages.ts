import { readSections } from './read-sections.ts'
import type { DocumentKind } from './read-sections.ts'
import { splitText } from './split-text.ts'
import type { Passage } from './split-text.ts'

const MAX_PASSAGES = 3_000
/** More characters than that many passages hold. A longer text is refused before it is split. */
const MAX_TEXT = 4_000_000

/**
 * A document's passages; `null` if it is too long.
 * @throws whatever its parser throws
 */
export async function readPassages(bytes: Uint8Array, kind: DocumentKind): Promise<Passage[] | null> {
  const sections = await readSections(bytes, kind)
  const length = sections.reduce((sum, { place, text }) => sum + place.length + text.length, 0)
  if (length > MAX_TEXT) return null
  const passages = splitText(sections)
  return passages.length > MAX_PASSAGES ? null : passages
}
