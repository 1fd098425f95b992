import { isPluggramError } from '@pluggram/sdk'
import type { Chat, Logger, Reply, TextStreamEnd } from '@pluggram/sdk'
import type { ChatActions } from '@pluggram/sdk/runtime'
import type { TelegramApi } from '../api/api.ts'
import type { BlockedChats, SendGate } from './send-gate.ts'
import { createDraftPreview } from './draft-preview.ts'
import { createEditPreview } from './edit-preview.ts'
import { maskButtons } from './format.ts'
import type { LiveDraft, LiveDrafts } from './live-drafts.ts'
import { maskStream } from './mask-secrets.ts'
import type { ChatMask } from './mask-secrets.ts'
import type { TextPreview } from './preview-loop.ts'
import { isBlank } from '../text/formatted-text.ts'
import type { RichMessages } from '../text/rich-messages.ts'
import type { SendLimits } from './send-pace.ts'
import { readTextStream } from './text-stream.ts'
import { TEXTS } from '../texts.ts'

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
  readonly drafts: LiveDrafts
  readonly now: () => number
}

/**
 * Creates the function that reads a text stream to its end and previews it where the chat allows.
 */
export function createDraftWriter(options: DraftWriterOptions): ChatActions['writeDraft'] {
  const { mask, streaming, drafts } = options

  function draftOf(chat: Chat, { media, editMessageId }: Reply): LiveDraft | undefined {
    const isShown = streaming !== 'off' && media === undefined && editMessageId === undefined
    return isShown && chat.type === 'private' ? drafts.open(chat.id) : undefined
  }

  function previewOf(
    chat: Chat,
    reply: Reply,
    draft: LiveDraft | undefined,
    onMessage: ((messageId: number) => void) | undefined,
  ): TextPreview | undefined {
    const { format, media, editMessageId, previewButtons } = reply
    if (media !== undefined || editMessageId !== undefined) return undefined
    const shared = { ...options, chat, format }
    if (draft) return createDraftPreview({ ...shared, draftId: draft.id })
    if (chat.type === 'private' || streaming !== 'auto') return undefined
    const buttons = previewButtons && { previewButtons: maskButtons(previewButtons, mask) }
    return createEditPreview({ ...shared, reply: { ...reply, ...buttons }, onMessage })
  }

  return async (chat, reply, signal, onPreview) => {
    const draft = draftOf(chat, reply)
    const preview = previewOf(chat, reply, draft, onPreview)
    const stream = maskStream(reply.text, mask)
    const until = draft ? AbortSignal.any([signal, draft.stopped]) : signal
    const { text, end, failure } = await readTextStream(stream, until, preview?.update ?? ignore)
    draft?.close()
    // After a stop, the next start may answer the update again, in another message.
    if (signal.aborted) await preview?.discard()
    const messageId = signal.aborted ? undefined : await preview?.stop()
    const written = {
      text,
      ...(isStreamEnd(end) && { end }),
      ...(preview && { preview: messageId === undefined ? {} : { messageId } }),
    }
    if (!failure) return written
    if (draft?.stopped.aborted === true && !signal.aborted) {
      return { ...written, note: TEXTS.stopped, isStopped: true }
    }
    if (isBlank(text)) return { text: '', failure }
    return { ...written, note: TEXTS.endsHere(reasonOf(failure.error, signal)), failure }
  }
}

function ignore(): void {}

/** The host has read what a plugin's stream returned. */
function isStreamEnd(value: unknown): value is TextStreamEnd {
  return typeof value === 'object' && value !== null
}

/**
 * The reason that users see. Only our own errors are written for them; others may contain secrets.
 */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return TEXTS.becauseStopped
  return isPluggramError(error) ? error.message : TEXTS.becauseOfFault
}
