import type { TelegramMessageEntity } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'

/**
 * Control characters become spaces; carriage returns, direction marks and overlines are removed.
 */
// oxlint-disable-next-line no-control-regex -- finding control characters is the point
const UNCLEAN = /[\u0000-\u0009\u000b-\u001f\u2028-\u202e]|\u0333|\u033f|\u030a/
const VANISHING = /[\r\u2028-\u202e]|\u0333|\u033f|\u030a/
// oxlint-disable-next-line no-control-regex -- as above
const CONTROL = /[\u0000-\u0009\u000b\u000c\u000e-\u001f]/g

const MAX_OFFSET = 1_000_000

interface CleanText {
  readonly text: string
  readonly entities: TelegramMessageEntity[]
}

/**
 * Cleans text as Telegram does before storing it. Adjusts the entities and validates their
 * positions.
 */
export function cleanText(text: string, entities: readonly TelegramMessageEntity[]): CleanText {
  for (const entity of entities) checkRange(entity)
  const filled = entities.filter((entity) => entity.length > 0)
  for (const entity of filled) checkPosition(text, entity)
  const sorted = filled.toSorted((a, b) => a.offset - b.offset || b.length - a.length)
  if (!UNCLEAN.test(text)) return { text, entities: sorted }

  const kept: string[] = []
  /** The number of characters removed before each position. */
  const vanished: number[] = [0]
  let count = 0
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (VANISHING.test(character)) count += 1
    else kept.push(character)
    vanished.push(count)
  }
  const moved = sorted
    .map((entity) => {
      const start = entity.offset - (vanished[entity.offset] ?? 0)
      const end = entity.offset + entity.length
      return withRange(entity, start, end - (vanished[end] ?? 0))
    })
    .filter((entity) => entity.length > 0)
  return { text: kept.join('').replace(CONTROL, ' '), entities: moved }
}

/** A copy of the entity at another position. */
export function withRange(entity: TelegramMessageEntity, start: number, end: number): TelegramMessageEntity {
  const copy = { ...entity }
  copy.offset = start
  copy.length = end - start
  return copy
}

function checkRange({ offset, length }: TelegramMessageEntity): void {
  if (!Number.isInteger(offset) || offset < 0 || offset > MAX_OFFSET) {
    throw badRequest(`receive an entity with incorrect offset ${offset}`)
  }
  if (!Number.isInteger(length) || length < 0 || length > MAX_OFFSET) {
    throw badRequest(`receive an entity with incorrect length ${length}`)
  }
}

function checkPosition(text: string, { offset, length }: TelegramMessageEntity): void {
  const end = offset + length
  if (offset >= text.length) {
    throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`)
  }
  if (isInsidePair(text, offset)) {
    throw badRequest(
      `entity begins in a middle of a UTF-16 symbol at byte offset ${Buffer.byteLength(text.slice(0, offset + 1))}`,
    )
  }
  if (end > text.length) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`,
    )
  }
  if (isInsidePair(text, end)) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ` +
        `${Buffer.byteLength(text.slice(0, end + 1))}`,
    )
  }
}

/** Whether the index is inside a surrogate pair. */
function isInsidePair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff
}
