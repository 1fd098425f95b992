import { badRequest } from '../bot-api-error.ts'
import { compact } from '../compact.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodHandlers } from '../method-registry.ts'
import type { ChatRecord, MessageRecord } from '../world/chat-record.ts'
import { isBotAdministrator } from './chat-methods.ts'
import { findMessage, writableChat } from './resolve-chat.ts'

const MAX_MESSAGES = 100
const MAX_ANSWER_LENGTH = 200
/** Bots can delete messages within two days. */
const DELETABLE_SECONDS = 48 * 60 * 60

/** Deleting messages, reacting to them, and answering pressed buttons. */
export const messageMethods: MethodHandlers = {
  deleteMessage(params, { emulation }) {
    const chat = writableChat(emulation, params.chat_id)
    const record = findMessage(chat, params.message_id, 'message to delete')
    if (!canDelete(emulation, chat, record)) throw badRequest("message can't be deleted")
    emulation.world.deleteMessage(chat, params.message_id)
    return true
  },

  deleteMessages(params, { emulation }) {
    const ids = params.message_ids
    if (ids.length === 0) throw badRequest('message identifiers are not specified')
    if (ids.length > MAX_MESSAGES) throw badRequest('too many message identifiers specified')
    const chat = writableChat(emulation, params.chat_id)
    for (const id of ids) {
      const record = chat.messages.get(id)
      // skip messages that cannot be found or deleted
      if (record && canDelete(emulation, chat, record)) emulation.world.deleteMessage(chat, id)
    }
    return true
  },

  setMessageReaction(params, { emulation }) {
    const chat = writableChat(emulation, params.chat_id)
    const record = findMessage(chat, params.message_id, 'message to react')
    const reactions = params.reaction ?? []
    if (reactions.length > 1) throw badRequest('REACTIONS_TOO_MANY')
    if (reactions.some((reaction) => reaction.type === 'paid')) throw badRequest('REACTION_INVALID')
    if (reactions.length > 0) record.reactions.set(emulation.bot.id, reactions)
    else record.reactions.delete(emulation.bot.id)
    emulation.world.announceEdit(record)
    return true
  },

  answerCallbackQuery(params, { emulation }) {
    const { text, url } = params
    if (text !== undefined && text.length > MAX_ANSWER_LENGTH) throw badRequest('MESSAGE_TOO_LONG')
    const query = emulation.queries.answer(params.callback_query_id)
    if (!query) {
      throw badRequest('query is too old and response timeout expired or query ID is invalid')
    }
    emulation.world.events.emit(() =>
      compact({
        type: 'callback-answered' as const,
        chatId: query.chatId,
        queryId: query.id,
        text: text === '' ? undefined : text,
        showAlert: params.show_alert ?? false,
        url,
      }),
    )
    return true
  },
}

function canDelete(emulation: Emulation, chat: ChatRecord, record: MessageRecord): boolean {
  if (record.message.date < Date.now() / 1000 - DELETABLE_SECONDS) return false
  return record.fromBot || chat.type === 'private' || isBotAdministrator(emulation, chat)
}
