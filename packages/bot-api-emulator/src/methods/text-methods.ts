import type { TelegramMessageEntity } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodHandlers } from '../method-registry.ts'
import { formatText } from '../text/format-text.ts'
import { richMessageText } from '../text/rich-message-text.ts'
import { MAX_TEXT_LENGTH, readText, textFields } from './message-text.ts'
import { writableChat } from './resolve-chat.ts'
import { readRichMessage } from './rich-message.ts'
import { sendFromBot } from './send-from-bot.ts'

/** Text messages, streamed previews, and the typing status. */
export const textMethods: MethodHandlers = {
  sendMessage(params, { emulation }) {
    const content = textFields(readText(params))
    return sendFromBot(emulation, params, {
      ...content,
      ...(params.link_preview_options && { link_preview_options: params.link_preview_options }),
    })
  },

  sendMessageDraft(params, { emulation }) {
    // a draft may be empty; the client then shows that the bot is thinking
    const { text, entities } = formatText({
      text: String(params.text ?? ''),
      parseMode: params.parse_mode,
      entities: params.entities,
    })
    if (text.length > MAX_TEXT_LENGTH) throw badRequest('message is too long')
    return showDraft(emulation, params, text, entities)
  },

  async sendRichMessage(params, call) {
    const rich_message = await readRichMessage(call, params.rich_message)
    return sendFromBot(call.emulation, params, { rich_message })
  },

  async sendRichMessageDraft(params, call) {
    const message = await readRichMessage(call, params.rich_message, { isDraft: true })
    const { text, entities } = richMessageText(message)
    return showDraft(call.emulation, params, text, entities)
  },

  sendChatAction(params, { emulation }) {
    const chat = writableChat(emulation, params.chat_id)
    emulation.world.events.emit(() => ({ type: 'chat-action', chatId: chat.id, action: params.action }))
    return true
  },
}

function showDraft(
  emulation: Emulation,
  params: { chat_id: number; draft_id: number; can_stop?: boolean | undefined },
  text: string,
  entities: readonly TelegramMessageEntity[],
): true {
  if (params.draft_id === 0) throw badRequest('draft identifier must be non-zero')
  const chat = writableChat(emulation, params.chat_id)
  if (chat.type !== 'private') throw badRequest('drafts can be sent to private chats only')
  emulation.world.setDraft(chat, {
    chatId: chat.id,
    draftId: params.draft_id,
    canStop: params.can_stop === true,
    text,
    entities,
  })
  return true
}
