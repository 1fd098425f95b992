import type { Logger, Reply } from '@pluggram/sdk'
import type { Format } from '@pluggram/sdk/runtime'
import { appendPlain } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { maskReply, NO_MASK } from './mask-secrets.ts'
import type { ChatMask } from './mask-secrets.ts'
import { toMessage } from './outgoing-message.ts'
import { planMessages, planRichMessage } from './plan-messages.ts'
import { renderText } from './render-text.ts'
import { formatWithEntities } from './reply-entities.ts'
import type { RichMessages } from './rich-messages.ts'

export interface FormatOptions {
  /** Which texts become rich messages; shared with the bot, which learns when Telegram takes none. */
  readonly rich: RichMessages
  /** Hides secrets in every message. Default: hides nothing. */
  readonly mask?: ChatMask
  /** Told when something of a reply has to be left out. */
  readonly logger: Logger
}

/**
 * Creates the step from a reply to its messages: secrets are hidden, the text is rendered and split, and each message
 * becomes plain data for the outbox. It needs no connection.
 */
export function createFormat({ rich, mask = NO_MASK, logger }: FormatOptions): Format {
  return (chat, given, written) => {
    const reply = maskReply(written ? { ...given, text: written.text } : given, mask)
    const { format, media, location, editMessageId, delivery } = reply
    const source = typeof reply.text === 'string' ? reply.text : ''
    const note = written?.note === undefined ? undefined : mask.applyToChat(written.note)
    const rendered = render(source, reply)
    const text = note === undefined ? rendered : appendPlain(rendered, `\n\n${note}`)
    const previewMessageId = written?.preview?.messageId
    const calls = planMessages(chat, reply, text, previewMessageId)
    const isStreamed = written?.preview !== undefined && { isStreamed: true }
    const isText = !media && !location && editMessageId === undefined
    const richMessage = isText ? rich.render(source, format) : undefined
    if (!richMessage)
      return calls.map((call) => toMessage(isStreamed ? { ...call, ...isStreamed } : call, delivery))
    const blocks = [...(richMessage.blocks ?? []), ...(note === undefined ? [] : [paragraph(note)])]
    const call = planRichMessage(chat, reply, { blocks }, previewMessageId)
    return [toMessage({ ...call, ...isStreamed, fallback: calls }, delivery)]
  }

  function render(text: string, { format = 'plain', entities }: Reply): FormattedText {
    if (entities === undefined) return renderText(text, format)
    if (format === 'plain') return formatWithEntities(text, entities, logger)
    logger.warn('left out the entities of a reply: they belong to plain text', { format })
    return renderText(text, format)
  }
}

const paragraph = (text: string): { type: 'paragraph'; text: string } => ({ type: 'paragraph', text })
