import type { TelegramMessageEntity } from '@gramio/types'

/** Text with its entities, as in messages. */
export interface FormattedText {
  readonly text: string
  readonly entities: TelegramMessageEntity[]
}
