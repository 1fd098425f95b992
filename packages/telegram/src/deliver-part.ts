import type { SentMessage } from '@pluggram/sdk'
import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import { TelegramError } from './errors.ts'
import { toPlanned } from './outbox-part.ts'
import type { BotApiCall } from './plan-messages.ts'
import type { RichMessages } from './rich-messages.ts'
import type { SendRank } from './send-gate.ts'
import type { MessageSender, Sending } from './send-message.ts'

/** Sends a part; gives the message that stands in the chat afterwards. */
export type PartDeliverer = (part: OutgoingMessage, signal: AbortSignal) => Promise<SentMessage>

/**
 * Creates the deliverer. A rich message that Telegram does not take is sent as text, which can be several
 * messages: how many of them are sent already is remembered for as long as the part is tried in this run.
 */
export function createPartDeliverer(sendMessage: MessageSender, rich: RichMessages): PartDeliverer {
  const fallbacksSent = new WeakMap<object, number>()

  return (part, signal) => {
    const { message, isStreamed = false, fallback } = toPlanned(part)
    const sending: Sending = { rank: rankOf(part, isStreamed), policy: part.policy, signal }
    if (!fallback) return sendMessage(message, sending)
    return deliverRich(message, fallback, sending, part.content as object)
  }

  async function deliverRich(
    message: BotApiCall,
    fallback: readonly BotApiCall[],
    sending: Sending,
    progress: object,
  ): Promise<SentMessage> {
    if (!rich.isResting() && !fallbacksSent.has(progress)) {
      try {
        return await sendMessage(message, sending)
      } catch (error) {
        if (!(error instanceof TelegramError) || !rich.isRefusal(error)) throw error
      }
      const sent = await sendAll(fallback, sending, progress)
      // The text was taken, so it is the richness that was refused and not the chat.
      rich.rest()
      return sent
    }
    return sendAll(fallback, sending, progress)
  }

  async function sendAll(
    messages: readonly BotApiCall[],
    sending: Sending,
    progress: object,
  ): Promise<SentMessage> {
    let last: SentMessage | undefined
    for (const message of messages.slice(fallbacksSent.get(progress) ?? 0)) {
      last = await sendMessage(message, sending)
      fallbacksSent.set(progress, (fallbacksSent.get(progress) ?? 0) + 1)
    }
    if (!last) throw new TypeError('a rich message needs a text to fall back to')
    return last
  }
}

function rankOf({ isBroadcast }: OutgoingMessage, isStreamed: boolean): SendRank {
  if (isBroadcast === true) return 'broadcast'
  return isStreamed ? 'final' : 'answer'
}
