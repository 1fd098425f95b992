import { DeliveryError } from '@pluggram/sdk'
import type { Reply } from '@pluggram/sdk'
import type { SentMessages } from '@pluggram/sdk/runtime'
import type { Buttons } from './buttons.ts'

/** Who sends a reply, and where. */
interface ReplySource {
  readonly plugin: string
  readonly chatId: number
  /**
   * The message whose button was pressed. Its plugin may edit it even before it is recorded as
   * sent.
   */
  readonly pressedId?: number
}

/** Makes a plugin's reply ready to be formatted: checks what it edits, and signs its buttons. */
export interface ReplyGuard {
  /**
   * Synchronous for most replies.
   * @throws DeliveryError `message-not-own` when it edits a message of somebody else; `reply-invalid`
   */
  prepare(reply: Reply, source: ReplySource): Reply | Promise<Reply>
}

export function createReplyGuard(buttons: Buttons, messages: Pick<SentMessages, 'authorOf'>): ReplyGuard {
  async function checkEdit(messageId: number, { plugin, chatId, pressedId }: ReplySource): Promise<void> {
    const author = await messages.authorOf(chatId, messageId)
    if (author === plugin || (author === undefined && messageId === pressedId)) return
    throw new DeliveryError(
      'message-not-own',
      `Plugin ${plugin} edits the message ${messageId} of chat ${chatId}, which it did not send, or sent more than 90 days ago. A plugin can edit only its own messages.`,
    )
  }

  return {
    prepare(reply, source) {
      const { editMessageId, buttons: rows, previewButtons } = reply
      const sign = (): Reply | Promise<Reply> => buttons.sign(reply, source.plugin, source.chatId)
      if (editMessageId !== undefined) return checkEdit(editMessageId, source).then(sign)
      return rows || previewButtons ? sign() : reply
    },
  }
}
