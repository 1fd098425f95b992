import type { Logger, TextFormat } from '@pluggram/sdk'
import type { TelegramError } from '../api/errors.ts'
import { markdownToBlocks } from './rich-blocks.ts'
import type { RichContent } from './rich-blocks.ts'
import { MESSAGE_LIMIT } from './formatted-text.ts'

/** Decides which texts are sent as rich messages, while Telegram accepts them. */
export interface RichMessages {
  /**
   * The rich message for a text that needs one, because it has structure or is too long for one
   * message.
   */
  render(source: string, format: TextFormat | undefined): RichContent | undefined
  /** Whether the error means that Telegram refuses rich messages, or this one. */
  isRefusal(error: TelegramError): boolean
  /** After a refusal: sends texts with entities for a while instead. */
  rest(): void
  isResting(): boolean
}

export interface RichMessagesOptions {
  readonly mode: 'auto' | 'off'
  readonly logger: Logger
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Bot API: up to 32,768 characters. Counted in UTF-16 units, which are never fewer. */
const RICH_LIMIT = 32_768
const REST_MILLISECONDS = 15 * 60_000

export function createRichMessages({ mode, logger, now }: RichMessagesOptions): RichMessages {
  let restUntil = -Infinity

  const isResting = (): boolean => now() < restUntil

  return {
    isResting,
    render(source, format): RichContent | undefined {
      if (mode === 'off' || source.length > RICH_LIMIT || isResting()) return undefined
      if (format !== 'markdown' && format !== 'model-markdown') return undefined
      const document = markdownToBlocks(source, format === 'model-markdown')
      if (!document || document.length === 0 || document.length > RICH_LIMIT) return undefined
      return document.hasStructure || document.length > MESSAGE_LIMIT
        ? { blocks: document.blocks }
        : undefined
    },
    isRefusal: ({ errorCode, refusal }) => errorCode === 404 || refusal?.meaning === 'message',
    rest(): void {
      if (!isResting())
        logger.warn('Telegram refuses rich messages; sending formatted text instead for a while')
      restUntil = now() + REST_MILLISECONDS
    },
  }
}
