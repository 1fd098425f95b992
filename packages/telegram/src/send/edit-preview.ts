import type { Reply } from '@pluggram/sdk'
import { toGrammySignal } from '../api/api.ts'
import type { PreviewOptions } from './draft-preview.ts'
import { isBlank, appendPlain, MESSAGE_LIMIT, splitText } from '../text/formatted-text.ts'
import { newMessageMembers, quoteMembers, textMembers, toKeyboard } from './format.ts'
import { createPreviewLoop } from './preview-loop.ts'
import type { TextPreview } from './preview-loop.ts'
import { renderText } from '../text/render-text.ts'
import type { SendLimits } from './send-pace.ts'

export interface EditPreviewOptions extends PreviewOptions {
  readonly reply: Reply
  readonly limits: SendLimits
  /** Called with the id of the message, once it is known. */
  readonly onMessage?: ((messageId: number) => void) | undefined
}

/** Short answers arrive as fast without a preview. */
const FIRST_MILLISECONDS = 1000
/**
 * The first preview is a message; without the answer to that call its id is unknown and it cannot
 * be edited.
 */
const LAST_CALL_MILLISECONDS = 10_000
const DISCARD_MILLISECONDS = 2000
const UNFINISHED = ' …'

/**
 * Previews text in a group while it is written, by editing a message. A last edit turns that
 * message into the first part of the answer; repeating that edit is harmless.
 */
export function createEditPreview(options: EditPreviewOptions): TextPreview {
  const { api, chat, format, reply, limits, logger } = options
  const interval = Math.max(60_000 / limits.groupPerMinute, 1000 / limits.chatPerSecond)
  let messageId: number | undefined
  let shown = ''
  const loop = createPreviewLoop({
    ...options,
    call: { chatId: chat.id, rank: 'preview', kind: 'message' },
    show,
    firstMilliseconds: Math.min(FIRST_MILLISECONDS, interval),
    paceFor: () => interval,
    lastCallMilliseconds: LAST_CALL_MILLISECONDS,
    onOff: (error) =>
      logger.debug('Telegram refused a preview; the answer comes when it is complete', { err: error }),
  })

  async function show(source: string, signal: AbortSignal): Promise<void> {
    const [first] = splitText(renderText(source, format), MESSAGE_LIMIT - UNFINISHED.length)
    if (!first || isBlank(first.text) || first.text === shown) return
    shown = first.text
    const { text, entities = [], link_preview_options } = textMembers(appendPlain(first, UNFINISHED), reply)
    const members = {
      text: text ?? '',
      entities: [...entities],
      ...(link_preview_options && { link_preview_options }),
      ...(reply.previewButtons && { reply_markup: toKeyboard(reply.previewButtons) }),
    }
    if (messageId === undefined) {
      const message = { ...newMessageMembers(chat, reply), ...quoteMembers(reply), ...members }
      messageId = (await api.raw.sendMessage(message, toGrammySignal(signal))).message_id
      options.onMessage?.(messageId)
    } else {
      const target = { chat_id: chat.id, message_id: messageId }
      await api.raw.editMessageText({ ...target, ...members }, toGrammySignal(signal))
    }
  }

  return {
    update: loop.update,
    async stop(): Promise<number | undefined> {
      await loop.stop()
      return messageId
    },
    async discard(): Promise<void> {
      await loop.stop()
      if (messageId === undefined) return
      try {
        const signal = toGrammySignal(AbortSignal.timeout(DISCARD_MILLISECONDS))
        await api.raw.deleteMessage({ chat_id: chat.id, message_id: messageId }, signal)
      } catch (error) {
        logger.debug('could not delete a preview', { err: error })
      }
    },
  }
}
