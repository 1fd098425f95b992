/** A named part of a document: a page, a chapter. */
export interface Section {
  /** For example `page 3`, or the chapter's heading; '' if there is none. */
  readonly place: string
  readonly text: string
}

/** A passage, the unit that is found and cited. */
export type Passage = Section

/** Long enough to answer a question, short enough that a model can read six of them. */
const MAX_CHARACTERS = 1_200
const MIN_CHARACTERS = 300

/**
 * Splits sections into passages: between paragraphs if possible, else between sentences, else
 * between words.
 */
export function splitText(sections: readonly Section[]): Passage[] {
  return sections.flatMap(({ place, text }) => {
    const pieces = text
      .replaceAll('\0', '')
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
      .filter((paragraph) => paragraph !== '')
      .flatMap((paragraph) => cut(paragraph))
    return pack(pieces).map((passage) => ({ place, text: passage }))
  })
}

/** Joins consecutive pieces as long as they stay within the limit. */
function pack(pieces: readonly string[]): string[] {
  const packed: string[] = []
  for (const piece of pieces) {
    const last = packed.at(-1)
    if (last !== undefined && last.length + piece.length + 2 <= MAX_CHARACTERS) {
      packed[packed.length - 1] = `${last}\n\n${piece}`
    } else packed.push(piece)
  }
  return packed
}

function cut(paragraph: string): string[] {
  const pieces: string[] = []
  let start = 0
  while (paragraph.length - start > MAX_CHARACTERS) {
    const end = start + cutPlace(paragraph.slice(start, start + MAX_CHARACTERS))
    pieces.push(paragraph.slice(start, end).toWellFormed().trim())
    start = end
  }
  pieces.push(paragraph.slice(start).trim())
  return pieces
}

function cutPlace(text: string): number {
  for (const mark of [/[.!?…。！？]["'”’)]*\s(?=[^.!?]*$)/u, /\s(?=\S*$)/u]) {
    const match = mark.exec(text)
    if (match && match.index >= MIN_CHARACTERS) return match.index + match[0].length
  }
  return text.length
}
