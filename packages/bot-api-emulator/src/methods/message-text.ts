import type { TelegramMessageEntity } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { FormattedText } from '../text/formatted-text.ts'
import { formatText } from '../text/format-text.ts'

/** In UTF-16 units, after parsing entities. */
export const MAX_TEXT_LENGTH = 4096
const MAX_CAPTION_LENGTH = 1024

/** The types allow objects with toString(); over HTTP only text arrives. */
type TextLike = string | { toString(): string }

export function readText(params: {
  text: TextLike
  parse_mode?: string
  entities?: TelegramMessageEntity[]
}): FormattedText {
  const formatted = formatText({
    text: String(params.text),
    parseMode: params.parse_mode,
    entities: params.entities,
  })
  if (formatted.text === '') throw badRequest('message text is empty')
  if (formatted.text.length > MAX_TEXT_LENGTH) throw badRequest('message is too long')
  return formatted
}

/** The message fields of a caption; none if there is no caption. */
export function readCaption(params: {
  caption?: TextLike
  parse_mode?: string
  caption_entities?: TelegramMessageEntity[]
}): { caption?: string; caption_entities?: TelegramMessageEntity[] } {
  if (params.caption === undefined) return {}
  const { text, entities } = formatText({
    text: String(params.caption),
    parseMode: params.parse_mode,
    entities: params.caption_entities,
  })
  if (text === '') return {}
  if (text.length > MAX_CAPTION_LENGTH) throw badRequest('message caption is too long')
  return { caption: text, ...(entities.length > 0 && { caption_entities: entities }) }
}

/** The message fields of a text. */
export function textFields({ text, entities }: FormattedText): {
  text: string
  entities?: TelegramMessageEntity[]
} {
  return { text, ...(entities.length > 0 && { entities }) }
}
