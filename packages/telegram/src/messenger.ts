import { DeliveryError, isPluggramError } from '@pluggram/sdk'
import type { Chat, Logger, Reply } from '@pluggram/sdk'
import type { BotApiCaller, Messenger, OutgoingMessage, SettledReply } from '@pluggram/sdk/runtime'
import type { TelegramApi } from './api.ts'
import { createBlockedChats } from './blocked-chats.ts'
import { createMethodCaller } from './call-method.ts'
import { createChatSignals } from './chat-signals.ts'
import type { Persistence } from './call-persistently.ts'
import { createPartDeliverer } from './deliver-part.ts'
import { downloadFile } from './download.ts'
import { createDraftPreview } from './draft-preview.ts'
import { createEditPreview } from './edit-preview.ts'
import { appendPlain } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { supersedes, toPart } from './outbox-part.ts'
import { planMessages, planRichMessage } from './plan-messages.ts'
import type { TextPreview } from './preview-loop.ts'
import { isBlank, renderText } from './render-text.ts'
import { formatWithEntities } from './reply-entities.ts'
import { createRichMessages } from './rich-messages.ts'
import { createSendGate } from './send-gate.ts'
import { createMessageSender } from './send-message.ts'
import { DEFAULT_SEND_LIMITS } from './send-pace.ts'
import type { SendLimits } from './send-pace.ts'
import { readTextStream } from './text-stream.ts'
import type { StreamedText } from './text-stream.ts'

export interface MessengerOptions extends Persistence {
  readonly api: TelegramApi
  readonly logger: Logger
  /**
   * Where text shows while it is being written: `auto` in every chat, `private` in private chats only.
   * Default `auto`.
   */
  readonly streaming?: 'auto' | 'private' | 'off'
  /** `auto` sends Markdown that needs it as a rich message. Default `off`. */
  readonly richMessages?: 'auto' | 'off'
  /** The pace of previews, and of chats that met a 429. Default 30 a second, 1 a second per chat, 20 a minute per group. */
  readonly limits?: SendLimits
  /** Told when a group became a supergroup with another id. */
  readonly onChatMigrated?: (from: number, to: number) => void
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number
}

/** A messenger that the rest of the assistant can tell what it saw, and ask how it goes. */
export interface TelegramMessenger extends Messenger, BotApiCaller {
  /** Somebody wrote in the chat: if the bot was blocked there, it is not any more. */
  noteActivity(chatId: number): void
  stats(): MessengerStats
}

export interface MessengerStats {
  /** Messages sent again because the answer to an earlier try was lost; each may stand in its chat twice. */
  readonly repeatedSends: number
  /** How often Telegram asked to slow down (429). */
  readonly floodWaits: number
  /** Chats that are left alone since the bot is blocked there. */
  readonly blockedChats: number
}

/** Creates the way out to Telegram. */
export function createMessenger(options: MessengerOptions): TelegramMessenger {
  const { api, logger, streaming = 'auto', now = () => performance.now() } = options
  const limits = options.limits ?? DEFAULT_SEND_LIMITS
  const gate = createSendGate({ limits, now })
  const blocked = createBlockedChats(now)
  const rich = createRichMessages({ mode: options.richMessages ?? 'off', logger, now })
  const signals = createChatSignals({ ...options, gate, blocked })
  let repeatedSends = 0
  const sendMessage = createMessageSender({ ...options, gate, blocked, onAmbiguous: noteRepeat })
  const caller = createMethodCaller({ ...options, gate, blocked })
  const deliver = createPartDeliverer(sendMessage, rich)

  function noteRepeat(): void {
    repeatedSends += 1
    logger.warn('The answer to a send was lost; the message is sent again and may stand in its chat twice')
  }

  async function settle(chat: Chat, reply: Reply, signal: AbortSignal): Promise<SettledReply> {
    const preview = previewOf(chat, reply)
    const { text, failure } = await readText(reply, signal, preview)
    // What is stopped may be answered anew at the next start, and then in another message.
    if (signal.aborted) await preview?.discard()
    const messageId = signal.aborted ? undefined : await preview?.stop()
    const settled = {
      reply: { ...reply, text },
      ...(preview && { preview: messageId === undefined ? {} : { messageId } }),
    }
    if (!failure) return settled
    const note = `[The answer ends here: ${reasonOf(failure.error, signal)}]`
    return isBlank(text) ? { reply: {}, failure } : { ...settled, note, failure }
  }

  function previewOf(chat: Chat, reply: Reply): TextPreview | undefined {
    const { text, format, media, editMessageId } = reply
    if (typeof text !== 'object' || media !== undefined || editMessageId !== undefined) return undefined
    const shared = { api, chat, format, gate, blocked, rich, logger, now }
    if (chat.type === 'private') return streaming === 'off' ? undefined : createDraftPreview(shared)
    return streaming === 'auto' ? createEditPreview({ ...shared, reply, limits }) : undefined
  }

  async function readText(
    { text = '' }: Reply,
    signal: AbortSignal,
    preview: TextPreview | undefined,
  ): Promise<StreamedText> {
    if (typeof text === 'string') return { text }
    if (typeof text !== 'object' || text === null || !(Symbol.asyncIterator in text)) {
      throw new DeliveryError(
        'reply-invalid',
        `A reply's text must be a string or a text stream, not ${typeof text}`,
      )
    }
    return readTextStream(text, signal, preview?.update ?? ignore)
  }

  function plan(
    chat: Chat,
    { reply, note, preview }: Pick<SettledReply, 'reply' | 'note' | 'preview'>,
  ): OutgoingMessage[] {
    const { text: source = '', format, media, location, editMessageId, delivery } = reply
    const rendered = render(reply)
    const text = note === undefined ? rendered : appendPlain(rendered, `\n\n${note}`)
    const messages = planMessages(chat, reply, text, preview?.messageId)
    const isStreamed = preview !== undefined
    const isText = !media && !location && editMessageId === undefined
    const richMessage = isText ? rich.render(source, format) : undefined
    if (!richMessage) return messages.map((message) => toPart({ message, isStreamed }, delivery))
    const blocks = [...(richMessage.blocks ?? []), ...(note === undefined ? [] : [paragraph(note)])]
    const message = planRichMessage(chat, reply, { blocks }, preview?.messageId)
    return [toPart({ message, isStreamed, fallback: messages }, delivery)]
  }

  function render({
    text = '',
    format = 'plain',
    entities,
  }: Reply & { readonly text?: string }): FormattedText {
    if (entities === undefined) return renderText(text, format)
    if (format === 'plain') return formatWithEntities(text, entities, logger)
    logger.warn(`A reply has entities beside ${format}; they are left out, since they belong to plain text`)
    return renderText(text, format)
  }

  return {
    settle,
    plan,
    deliver,
    supersedes,
    ...signals,
    ...caller,
    download: (fileId, signal) => downloadFile(api, fileId, signal),
    noteActivity: blocked.clear,
    stats: () => ({ repeatedSends, floodWaits: gate.refusals, blockedChats: blocked.size }),
  }
}

const paragraph = (text: string): { type: 'paragraph'; text: string } => ({ type: 'paragraph', text })

function ignore(): void {}

/** What the user reads: our own errors are written to be shown, others may hold anything. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped'
  return isPluggramError(error) ? error.message : 'something went wrong'
}
