import { isPluggramError } from '@pluggram/sdk'
import type { Chat, Logger, Reply } from '@pluggram/sdk'
import type { ChatActions } from '@pluggram/sdk/runtime'
import type { TelegramApi } from '../api/api.ts'
import type { BlockedChats, SendGate } from './send-gate.ts'
import { createDraftPreview } from './draft-preview.ts'
import { createEditPreview } from './edit-preview.ts'
import { maskButtons } from './format.ts'
import { maskStream } from './mask-secrets.ts'
import type { ChatMask } from './mask-secrets.ts'
import type { TextPreview } from './preview-loop.ts'
import { isBlank } from '../text/formatted-text.ts'
import type { RichMessages } from '../text/rich-messages.ts'
import type { SendLimits } from './send-pace.ts'
import { readTextStream } from './text-stream.ts'

export interface DraftWriterOptions {
  readonly api: TelegramApi
  readonly logger: Logger
  readonly gate: SendGate
  readonly blocked: BlockedChats
  readonly rich: RichMessages
  readonly limits: SendLimits
  readonly streaming: 'auto' | 'private' | 'off'
  /** Hides secrets in previews. */
  readonly mask: ChatMask
  readonly now: () => number
}

/**
 * Creates the function that reads a text stream to its end and previews it where the chat allows.
 */
export function createDraftWriter(options: DraftWriterOptions): ChatActions['writeDraft'] {
  const { mask, streaming } = options

  function previewOf(
    chat: Chat,
    reply: Reply,
    onMessage: ((messageId: number) => void) | undefined,
  ): TextPreview | undefined {
    const { format, media, editMessageId, previewButtons } = reply
    if (media !== undefined || editMessageId !== undefined) return undefined
    const shared = { ...options, chat, format }
    if (chat.type === 'private') return streaming === 'off' ? undefined : createDraftPreview(shared)
    if (streaming !== 'auto') return undefined
    const buttons = previewButtons && { previewButtons: maskButtons(previewButtons, mask) }
    return createEditPreview({ ...shared, reply: { ...reply, ...buttons }, onMessage })
  }

  return async (chat, reply, signal, onPreview) => {
    const preview = previewOf(chat, reply, onPreview)
    const stream = maskStream(reply.text, mask)
    const { text, failure } = await readTextStream(stream, signal, preview?.update ?? ignore)
    // After a stop, the next start may answer the update again, in another message.
    if (signal.aborted) await preview?.discard()
    const messageId = signal.aborted ? undefined : await preview?.stop()
    const written = {
      text,
      ...(preview && { preview: messageId === undefined ? {} : { messageId } }),
    }
    if (!failure) return written
    if (isBlank(text)) return { text: '', failure }
    return { ...written, note: `[The answer ends here: ${reasonOf(failure.error, signal)}]`, failure }
  }
}

function ignore(): void {}

/**
 * The reason that users see. Only our own errors are written for them; others may contain secrets.
 */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped'
  return isPluggramError(error) ? error.message : 'something went wrong'
}
