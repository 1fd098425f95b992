import type { Chat, Logger, TextFormat } from '@pluggram/sdk'
import type { Api } from 'grammy'
import { toGrammySignal } from './api.ts'
import { TelegramError } from './errors.ts'
import { draftKey, messageKey } from './flood-holds.ts'
import type { FloodHolds } from './flood-holds.ts'
import { sliceFormatted } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import { isBlank, renderText } from './render-text.ts'
import { MESSAGE_LIMIT } from './split-text.ts'

/** Shows text while it is being written (Bot API: sendMessageDraft). It can fail, the answer cannot. */
export interface DraftPreview {
  update(source: string): void
  /** Resolves when no preview can follow any more, so that the final message comes after the last one. */
  stop(): Promise<void>
}

export interface DraftPreviewOptions {
  readonly api: Api
  readonly chat: Chat
  readonly format: TextFormat | undefined
  readonly draftId: number
  readonly holds: FloodHolds
  readonly logger: Logger
  readonly now: () => number
}

/** Telegram takes a preview away after 30 s. */
const REFRESH_MILLISECONDS = 20_000
const LAST_CALL_MILLISECONDS = 2000

/** One preview is on its way at a time, and at least 300 ms lie between two, more as the text grows. */
export function createDraftPreview(options: DraftPreviewOptions): DraftPreview {
  const { api, chat, format, draftId, holds, logger, now } = options
  const ending = new AbortController()
  let latest = ''
  let shown: string | undefined
  let nextAt = 0
  let timer: NodeJS.Timeout | undefined
  let isRefresh = false
  let inFlight: Promise<void> | undefined
  let isOff = false

  function schedule(): void {
    if (isOff || inFlight) return
    if (timer !== undefined) {
      if (!isRefresh) return
      clearTimeout(timer)
    }
    isRefresh = latest === shown
    const held = Math.max(holds.remaining(messageKey(chat.id)), holds.remaining(draftKey(chat.id)))
    timer = setTimeout(push, isRefresh ? REFRESH_MILLISECONDS : Math.max(nextAt - now(), held, 0))
  }

  function push(): void {
    timer = undefined
    const source = latest
    const { text, entities } = lastUnits(renderText(source, format))
    if (isBlank(text)) return
    const payload = {
      chat_id: chat.id,
      draft_id: draftId,
      text,
      ...(entities.length > 0 && { entities: [...entities] }),
      ...(chat.topicId !== undefined && { message_thread_id: chat.topicId }),
    }
    inFlight = show(payload, source).finally(() => {
      inFlight = undefined
      nextAt = now() + paceFor(source.length)
      schedule()
    })
  }

  async function show(payload: Parameters<Api['raw']['sendMessageDraft']>[0], source: string): Promise<void> {
    try {
      await api.raw.sendMessageDraft(payload, toGrammySignal(ending.signal))
      shown = source
    } catch (error) {
      switchOff(error)
    }
  }

  function switchOff(error: unknown): void {
    isOff = true
    if (ending.signal.aborted) return
    if (error instanceof TelegramError && error.retryAfterSeconds !== undefined) {
      holds.hold(draftKey(chat.id), error.retryAfterSeconds)
    }
    logger.debug('Telegram took no preview; the answer comes in one piece', { error })
  }

  return {
    update(source): void {
      latest = source
      schedule()
    },
    async stop(): Promise<void> {
      isOff = true
      clearTimeout(timer)
      if (!inFlight) return
      const lastCall = setTimeout(() => ending.abort(), LAST_CALL_MILLISECONDS)
      await inFlight
      clearTimeout(lastCall)
    },
  }
}

function paceFor(length: number): number {
  return Math.min(300 + length / 8, 2000)
}

/** The end of a long text is what is being written; a cut inside a surrogate pair moves behind it. */
function lastUnits(source: FormattedText): FormattedText {
  const { length } = source.text
  if (length <= MESSAGE_LIMIT) return source
  const start = length - MESSAGE_LIMIT
  const unit = source.text.charCodeAt(start)
  return sliceFormatted(source, unit >= 0xdc_00 && unit <= 0xdf_ff ? start + 1 : start, length)
}
