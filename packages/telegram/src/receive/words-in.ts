import type { TextEntity } from '@pluggram/sdk'
import { readEntities } from './read-entities.ts'

/** Values that name files, kinds, people who ticked a task and the like, which nobody wrote for a reader. */
const NO_WORDS = /^completed_by|(?:^|_)(?:id|type|mode|payload|url|currency|code|parameter)$/
/** Texts that a rich message writes in pieces of one line. */
const IN_PIECES: ReadonlySet<string> = new Set(['text', 'credit', 'summary'])
const MAX_DEPTH = 8

type Members = Readonly<Record<string, unknown>>

interface Words {
  readonly text: string
  readonly entities: readonly TextEntity[]
}

const NONE: Words = { text: '', entities: [] }

/** Every string in a value that somebody wrote: one a line, in order, with its formatting. */
export function wordsIn(value: unknown): Words {
  return joined(linesIn(value, 0), '\n')
}

/** At most so many characters of a text. */
export function clipped(
  { text, entities }: Words,
  characters: number,
): { readonly text: string; readonly entities?: readonly TextEntity[] } {
  const kept = text.slice(0, characters).toWellFormed()
  const within = entities.filter(({ offset, length }) => offset + length <= kept.length)
  return { text: kept, ...(within.length > 0 && { entities: within }) }
}

function linesIn(value: unknown, depth: number): Words[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [plain(value)]
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return []
  if (Array.isArray(value)) return value.flatMap((member) => linesIn(member, depth + 1))
  const members: Members = { ...value }
  return Object.entries(members).flatMap(([key, member]) => {
    if (NO_WORDS.test(key)) return []
    if (typeof member === 'string') {
      const line = formatted(member, members, key)
      return line.text.trim() === '' ? [] : [line]
    }
    if (!IN_PIECES.has(key)) return linesIn(member, depth + 1)
    const line = inline(member, depth + 1)
    return line.text.trim() === '' ? [] : [line]
  })
}

/** `question` has its formatting in `question_entities`, `text` in `entities` or `text_entities`. */
function formatted(text: string, siblings: Members, key: string): Words {
  const entities = siblings[`${key}_entities`] ?? (key === 'text' ? siblings['entities'] : undefined)
  return { text: text.toWellFormed(), entities: readEntities(entities, text.length) }
}

/** Text in pieces: a string, a piece with formatting, or several of them. */
function inline(value: unknown, depth: number): Words {
  if (typeof value === 'string') return plain(value)
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return NONE
  if (Array.isArray(value)) {
    return joined(
      value.map((piece) => inline(piece, depth + 1)),
      '',
    )
  }
  const { text, alternative_text: emoji, expression, button, ...about } = value as Members
  const words = inline(text ?? emoji ?? expression ?? button, depth + 1)
  // a piece has the members of an entity, but for its place
  const type = about['type'] === 'url' ? 'text_link' : about['type']
  const entity = { ...about, type, offset: 0, length: words.text.length }
  return { text: words.text, entities: [...words.entities, ...readEntities([entity], words.text.length)] }
}

function plain(text: string): Words {
  return { text: text.toWellFormed(), entities: [] }
}

function joined(parts: readonly Words[], between: string): Words {
  let text = ''
  const entities: TextEntity[] = []
  parts.forEach((part, index) => {
    if (index > 0) text += between
    for (const entity of part.entities) entities.push({ ...entity, offset: entity.offset + text.length })
    text += part.text
  })
  return { text, entities }
}
