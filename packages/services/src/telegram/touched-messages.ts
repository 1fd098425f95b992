import { DeliveryError } from '@pluggram/sdk'
import type { SentMessage } from '@pluggram/sdk'
import type { SentMessages } from '@pluggram/sdk/runtime'

/**
 * How a method treats the message that it names.
 *
 * - `own`: it changes a message of the bot, so it must be the plugin's own.
 * - `not-others`: it also works on messages of people, so only those of other plugins are refused.
 * - `reads`: it leaves the message as it is.
 */
type Touch = 'own' | 'not-others' | 'reads'

/** Every method of the Bot API that names a message in a chat, in lower case. */
export const TOUCHES: Readonly<Record<string, Touch>> = {
  editmessagetext: 'own',
  editmessagecaption: 'own',
  editmessagemedia: 'own',
  editmessagelivelocation: 'own',
  stopmessagelivelocation: 'own',
  editmessagechecklist: 'own',
  editmessagereplymarkup: 'own',
  editephemeralmessagetext: 'own',
  editephemeralmessagemedia: 'own',
  editephemeralmessagecaption: 'own',
  editephemeralmessagereplymarkup: 'own',
  deleteephemeralmessage: 'own',
  stoppoll: 'own',
  setgamescore: 'own',
  deletemessage: 'not-others',
  deletemessages: 'not-others',
  deletebusinessmessages: 'not-others',
  deletemessagereaction: 'not-others',
  pinchatmessage: 'not-others',
  unpinchatmessage: 'not-others',
  approvesuggestedpost: 'not-others',
  declinesuggestedpost: 'not-others',
  setmessagereaction: 'reads',
  forwardmessage: 'reads',
  forwardmessages: 'reads',
  copymessage: 'reads',
  copymessages: 'reads',
  readbusinessmessage: 'reads',
  getgamehighscores: 'reads',
}

export interface TouchedCall {
  readonly plugin: string
  readonly method: string
  /** As `plainParams` returns them. */
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * Refuses a call that changes a message which the plugin did not send.
 * @throws DeliveryError `message-not-own`
 */
export async function checkTouched(
  { plugin, method, params }: TouchedCall,
  messages: Pick<SentMessages, 'authorOf'>,
): Promise<void> {
  const touch = TOUCHES[method.toLowerCase()] ?? 'reads'
  if (touch === 'reads') return
  const refuse = (what: string): never => {
    throw new DeliveryError(
      'message-not-own',
      `Plugin ${plugin} calls ${method} for ${what}. A plugin can change only messages that it sent in the last 90 days.`,
    )
  }
  // inline and business messages are in chats that the bot does not write to itself
  if (params.inline_message_id !== undefined) refuse('an inline message, whose author is unknown')
  if (params.business_connection_id !== undefined) refuse('a message of a business account')
  const ids = touchedIds(params)
  if (ids.length === 0) refuse('no particular message')
  const { chat_id: chatId } = params
  if (typeof chatId !== 'number') return void refuse('a chat that is not named by its numeric id')
  for (const id of ids) {
    const author = await messages.authorOf(chatId, id)
    const isAllowed = author === plugin || (author === undefined && touch === 'not-others')
    if (!isAllowed) refuse(`the message ${Math.abs(id)} of chat ${chatId}, which is not its own`)
  }
}

/** The messages that a call sent, from its result. */
export function sentBy(params: Readonly<Record<string, unknown>>, result: unknown): SentMessage[] {
  const results: readonly unknown[] = Array.isArray(result) ? result : [result]
  return results.flatMap((item) => {
    const {
      message_id: id,
      ephemeral_message_id: ephemeralId,
      chat,
    } = Object(item) as Record<string, unknown>
    const { id: ownChat } = Object(chat) as Record<string, unknown>
    const chatId = typeof ownChat === 'number' ? ownChat : params.chat_id
    if (typeof chatId !== 'number') return []
    return [
      ...(typeof id === 'number' && id > 0 ? [{ id, chatId }] : []),
      ...(typeof ephemeralId === 'number' ? [{ id: -ephemeralId, chatId }] : []),
    ]
  })
}

/** Ephemeral messages have ids of their own; they are recorded as negative numbers. */
function touchedIds(params: Readonly<Record<string, unknown>>): number[] {
  const { message_id: id, message_ids: several, ephemeral_message_id: ephemeralId } = params
  return [
    ...(typeof id === 'number' ? [id] : []),
    ...(Array.isArray(several) ? (several as number[]) : []),
    ...(typeof ephemeralId === 'number' ? [-ephemeralId] : []),
  ]
}
