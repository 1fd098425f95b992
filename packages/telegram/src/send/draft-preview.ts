import type { Chat, Logger, TextFormat } from '@pluggram/sdk'
import type { Api } from 'grammy'
import { toGrammySignal } from '../api/api.ts'
import type { BlockedChats, SendGate } from './send-gate.ts'
import { toTelegramError } from '../api/errors.ts'
import { isBlank, MESSAGE_LIMIT, sliceFormatted } from '../text/formatted-text.ts'
import type { FormattedText } from '../text/formatted-text.ts'
import { createPreviewLoop } from './preview-loop.ts'
import type { TextPreview } from './preview-loop.ts'
import { renderText } from '../text/render-text.ts'
import type { RichMessages } from '../text/rich-messages.ts'

export interface PreviewOptions {
  readonly api: Api
  readonly chat: Chat
  readonly format: TextFormat | undefined
  readonly gate: SendGate
  readonly blocked: BlockedChats
  readonly rich: RichMessages
  readonly logger: Logger
  readonly now: () => number
}

/** Telegram removes a preview after 30 s. */
const REFRESH_MILLISECONDS = 20_000
const LAST_CALL_MILLISECONDS = 2000

/**
 * Previews text in a private chat while it is written (Bot API: sendMessageDraft,
 * sendRichMessageDraft).
 */
export function createDraftPreview(options: PreviewOptions & { readonly draftId: number }): TextPreview {
  const { api, chat, format, rich, logger } = options
  const target = {
    chat_id: chat.id,
    draft_id: options.draftId,
    // what was written so far stays until the message with it comes
    can_stop: true,
    keep_on_stop: true,
    ...(chat.topicId !== undefined && { message_thread_id: chat.topicId }),
  }
  const loop = createPreviewLoop({
    ...options,
    call: { chatId: chat.id, rank: 'preview', kind: 'draft' },
    show,
    firstMilliseconds: 0,
    paceFor: (length) => Math.min(300 + length / 8, 2000),
    refreshMilliseconds: REFRESH_MILLISECONDS,
    lastCallMilliseconds: LAST_CALL_MILLISECONDS,
    onOff: (error) =>
      logger.debug('Telegram refused a preview; the answer comes in one piece', { err: error }),
  })

  async function show(source: string, signal: AbortSignal): Promise<void> {
    if (await showRich(source, signal)) return
    const { text, entities } = lastUnits(renderText(source, format))
    if (isBlank(text)) return
    await api.raw.sendMessageDraft(
      { ...target, text, ...(entities.length > 0 && { entities: [...entities] }) },
      toGrammySignal(signal),
    )
  }

  /** False when the text needs no rich message, or Telegram refuses them. */
  async function showRich(source: string, signal: AbortSignal): Promise<boolean> {
    const message = rich.render(source, format)
    if (!message) return false
    try {
      await api.raw.sendRichMessageDraft({ ...target, rich_message: message }, toGrammySignal(signal))
      return true
    } catch (error) {
      if (!rich.isRefusal(toTelegramError(error, 'sendRichMessageDraft'))) throw error
      rich.rest()
      return false
    }
  }

  return {
    update: loop.update,
    async stop(): Promise<undefined> {
      await loop.stop()
    },
    discard: loop.stop,
  }
}

/** The end of a long text, which is where it grows. The cut never splits a surrogate pair. */
function lastUnits(source: FormattedText): FormattedText {
  const { length } = source.text
  if (length <= MESSAGE_LIMIT) return source
  const start = length - MESSAGE_LIMIT
  const unit = source.text.charCodeAt(start)
  return sliceFormatted(source, unit >= 0xdc_00 && unit <= 0xdf_ff ? start + 1 : start, length)
}
