import type { MessageContext, PluginResult } from '@pluggram/sdk'
import { albumOf, askedBy, markOf, withAlbum } from './asked-message.ts'
import type { ChatbotParts, Edit } from './conversation.ts'
import { unknownAnswered } from './foreign-text.ts'
import { userTurn } from './prompt.ts'

/** @param edit absent when the message is a question of its own */
type Ask = (context: MessageContext, edit?: Edit) => Promise<PluginResult>

/**
 * What becomes of an edited message, and of a part of an album that came after the others:
 *
 *   it is being answered           its answer ends; the new words are answered, or the whole album
 *   the last question              answered again, in place of the old answer
 *   a question that failed         answered again, in place of the error
 *   an older question              the conversation remembers the new words; a late part is asked
 *                                  about by itself, as a part of that album
 *   a command, a live location,    nothing: what a command did is not done twice
 *   anything else
 */
export async function answerChange(
  context: MessageContext,
  parts: ChatbotParts,
  ask: Ask,
): Promise<PluginResult | undefined> {
  const { chat, user, message } = context
  const isLocation = message.attachments.some(({ kind }) => kind === 'location')
  if (user.isBot || isLocation || message.text.startsWith('/')) return undefined
  const old = await parts.running.replace(context)
  if (old) {
    const now = withAlbum(message, albumOf(old))
    return ask({ ...context, message: now }, { messageId: old.id, isKnown: false, effects: 'possible' })
  }
  const failed = await parts.retries.take(context)
  if (failed) {
    const now = withAlbum(message, albumOf(failed))
    return ask({ ...context, message: now }, { messageId: failed.id, isKnown: false, effects: 'none' })
  }
  const known = await parts.history.question(chat, message)
  if (!known || known.by !== user.id) return undefined
  const now = withAlbum(message, known)
  // Telegram tells of changes that nobody made, such as a preview of a link
  if (markOf(now) === known.mark) return undefined
  if (!known.isLast && !message.isEdited) return ask(context)
  if (!known.isLast) {
    // what the assistant said itself need not be said again
    const said = [{ content: message.replyTo?.text ?? '' }]
    const content = userTurn(message.text, context, unknownAnswered(context, said))
    const isForeign = message.origin !== undefined || message.carried !== undefined
    await parts.history.reword(chat, message.id, {
      content,
      isForeign,
      asked: askedBy({ user, message: now }),
    })
    return { success: true }
  }
  const effects = known.hasActed ? 'known' : 'none'
  return ask({ ...context, message: now }, { messageId: known.ids[0] ?? message.id, isKnown: true, effects })
}

/** The same answer, in place of the one that the message got before. */
export function replacing(result: PluginResult, messageId: number): PluginResult {
  if (!result.success || result.response === undefined) return result
  const { response } = result
  if (typeof response === 'string') {
    return { success: true, response: { text: response, replacesAnswerTo: messageId } }
  }
  if (Array.isArray(response) || Symbol.asyncIterator in response) return result
  return { success: true, response: { ...response, replacesAnswerTo: messageId } }
}
