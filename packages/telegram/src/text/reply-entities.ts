import type { Logger, TextEntity } from '@pluggram/sdk'
import type { EntityStyle, FormattedText } from './formatted-text.ts'
import { isLinkAddress, withStyles } from './formatted-text.ts'

const SIMPLE = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
])
/** Telegram detects these in the text by itself. */
const DETECTED = new Set(['mention', 'hashtag', 'cashtag', 'bot_command', 'url', 'email', 'phone_number'])

/**
 * Applies a plugin's own entities to its text. Entities that Telegram would refuse are dropped with
 * a warning, so that the text still arrives.
 */
export function formatWithEntities(text: string, entities: unknown, logger: Logger): FormattedText {
  if (!Array.isArray(entities)) {
    logger.warn('the entities of a reply are not a list; sending it without them')
    return withStyles(text, [])
  }
  const wanted = (entities as readonly unknown[]).filter((entity) => !isDetected(entity))
  const usable = wanted.flatMap((entity) => {
    if (!isPlaced(entity, text)) return []
    const style = styleOf(entity)
    return style ? [{ ...style, offset: entity.offset, length: entity.length }] : []
  })
  const leftOut = wanted.length - usable.length
  if (leftOut > 0) {
    logger.warn(
      `${leftOut} of the entities of a reply were left out: they reach out of the text or into a character, or are of a kind that cannot be sent`,
    )
  }
  return withStyles(text, usable)
}

function isDetected(entity: unknown): boolean {
  return (
    typeof entity === 'object' &&
    entity !== null &&
    'type' in entity &&
    typeof entity.type === 'string' &&
    DETECTED.has(entity.type)
  )
}

function isPlaced(entity: unknown, text: string): entity is TextEntity {
  if (typeof entity !== 'object' || entity === null) return false
  const { type, offset, length } = entity as Partial<Record<keyof TextEntity, unknown>>
  if (typeof type !== 'string' || !isCount(offset) || !isCount(length) || length === 0) return false
  const end = offset + length
  return end <= text.length && !isInsideCharacter(text, offset) && !isInsideCharacter(text, end)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isInsideCharacter(text: string, position: number): boolean {
  const before = text.charCodeAt(position - 1)
  const after = text.charCodeAt(position)
  return before >= 0xd8_00 && before <= 0xdb_ff && after >= 0xdc_00 && after <= 0xdf_ff
}

function styleOf({ type, url, language }: TextEntity): EntityStyle | undefined {
  if (SIMPLE.has(type)) return { type } as EntityStyle
  if (type === 'pre') return { type, ...(typeof language === 'string' && language !== '' && { language }) }
  if (type === 'text_link') return typeof url === 'string' && isLinkAddress(url) ? { type, url } : undefined
  return undefined
}
