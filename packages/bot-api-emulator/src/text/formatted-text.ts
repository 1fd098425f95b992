import type { TelegramMessageEntity } from '@gramio/types'

/** Text and what is special about parts of it, as messages carry them. */
export interface FormattedText {
  readonly text: string
  readonly entities: TelegramMessageEntity[]
}
