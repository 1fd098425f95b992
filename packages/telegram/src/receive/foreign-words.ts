import { z } from '@pluggram/sdk'
import type { CarriedText } from '@pluggram/sdk'
import { readAttachments } from './attachments.ts'
import { MESSAGE_FIELDS } from './message-fields.ts'
import type { FieldRow } from './message-fields.ts'
import { nameIn, oneLine, withName } from './origin-name.ts'
import { media } from './raw-media.ts'
import { clipped, wordsIn } from './words-in.ts'

const ROWS: ReadonlyMap<string, FieldRow> = new Map(Object.entries(MESSAGE_FIELDS))
const rawMedia = z.object(media).catch({})
const MAX_CARRIED = 4_000
const NO_WORDS = 'It has no words.'

/** What a message has that its author did not write here. */
export interface ForeignWords {
  /** Where the text and the attachments of the message come from, if they are not its author's own. */
  readonly origin?: string
  readonly carried?: readonly CarriedText[]
}

/** Whose words a message has, from all fields of the raw message. */
export function readForeignWords(message: unknown): ForeignWords {
  if (typeof message !== 'object' || message === null) return {}
  let origin: string | undefined
  let isNews = false
  const carried: CarriedText[] = []
  const strange: CarriedText[] = []
  for (const [field, value] of Object.entries(message)) {
    if (value === undefined || value === null) continue
    const row = ROWS.get(field)
    if (row === undefined) {
      const isForward = field.startsWith('forward_')
      origin ??= isForward ? 'forwarded' : 'not written here'
      if (!isForward && typeof value === 'object') strange.push(carriedIn(value, strangeRow(field)))
      continue
    }
    if (row.kind === 'news') isNews = true
    if (row.origin) origin = row.origin(value)
    if (row.carries !== undefined) carried.push(carriedIn(value, row))
  }
  // Telegram adds members of old to service messages
  if (!isNews) carried.push(...strange)
  return { ...(origin !== undefined && { origin }), ...(carried.length > 0 && { carried }) }
}

/** A field of a Bot API that is newer than this program. */
function strangeRow(field: string): FieldRow {
  return { kind: 'content', becomes: '', carries: `something new of Telegram's, “${oneLine(field)}”` }
}

function carriedIn(value: unknown, { carries = '', says, instead, hasFiles }: FieldRow): CarriedText {
  const from = withName(carries, nameIn(value))
  const { text, entities } = instead ? { text: '' } : clipped(wordsIn(value), MAX_CARRIED)
  const lines = [text, says?.(value) ?? ''].filter((line) => line !== '')
  const attachments = hasFiles ? readAttachments(rawMedia.parse(value)) : []
  return {
    from,
    text: lines.join('\n') || NO_WORDS,
    ...(entities && { entities }),
    ...(attachments.length > 0 && { attachments }),
  }
}
