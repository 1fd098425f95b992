import { TelegramError } from '../api/errors.ts'
import type { BlockedChats, GatedCall, SendGate } from './send-gate.ts'

/** Shows text while it is written. A failed preview must never fail the answer. */
export interface TextPreview {
  update(source: string): void
  /**
   * Resolves when no further preview can follow, so that the final message comes last. Returns the
   * message that shows the text, if the preview is a lasting message.
   */
  stop(): Promise<number | undefined>
  /** Stops, and deletes a preview that is a lasting message. */
  discard(): Promise<void>
}

export interface PreviewLoopOptions {
  readonly gate: SendGate
  readonly blocked: BlockedChats
  readonly call: GatedCall
  /** Shows the text. An error ends the preview, except for a short 429. */
  show(source: string, signal: AbortSignal): Promise<void>
  readonly firstMilliseconds: number
  /** The delay after a preview of a text of that length. */
  paceFor(length: number): number
  /** Shows an unchanged text again after this long. */
  readonly refreshMilliseconds?: number
  /** How long a call in progress may take after the end of the text. */
  readonly lastCallMilliseconds: number
  readonly onOff: (error: unknown) => void
  readonly now: () => number
}

export interface PreviewLoop {
  update(source: string): void
  stop(): Promise<void>
}

/** A longer 429 ends the preview: by then the answer itself is likely complete. */
const BEARABLE_SECONDS = 10

/**
 * Makes one preview call at a time, as often as the pace and the gate allow, with the newest text:
 * update → timer → gate → show → timer …, until `stop` or a failure.
 */
export function createPreviewLoop(options: PreviewLoopOptions): PreviewLoop {
  const { gate, call, now } = options
  const waiting = new AbortController()
  const calling = new AbortController()
  let latest = ''
  let shown: string | undefined
  let nextAt = now() + options.firstMilliseconds
  let timer: NodeJS.Timeout | undefined
  let isRefresh = false
  let inFlight: Promise<void> | undefined
  let isOff = options.blocked.isBlocked(call.chatId)

  function schedule(): void {
    if (isOff || inFlight) return
    if (timer !== undefined) {
      if (!isRefresh) return
      clearTimeout(timer)
      timer = undefined
    }
    isRefresh = latest === shown
    const delay = isRefresh ? options.refreshMilliseconds : Math.max(nextAt - now(), 0)
    if (delay !== undefined) timer = setTimeout(push, delay)
  }

  function push(): void {
    timer = undefined
    inFlight = showOnce().finally(() => {
      inFlight = undefined
      nextAt = now() + options.paceFor(latest.length)
      schedule()
    })
  }

  async function showOnce(): Promise<void> {
    try {
      const rank = shown === undefined ? 'first-preview' : call.rank
      await gate.pass({ ...call, rank }, waiting.signal)
      const source = latest
      await options.show(source, calling.signal)
      shown = source
    } catch (error) {
      const isBearable = noteFailure(error)
      if (!isBearable) isOff = true
      if (!waiting.signal.aborted) options.onOff(error)
    }
  }

  /** True when the preview may continue later. */
  function noteFailure(error: unknown): boolean {
    if (!(error instanceof TelegramError)) return false
    if (error.refusal?.meaning === 'gone') options.blocked.mark(call.chatId)
    if (error.retryAfterSeconds === undefined) return false
    gate.refused(call, error.retryAfterSeconds)
    return error.retryAfterSeconds <= BEARABLE_SECONDS
  }

  return {
    update(source): void {
      latest = source
      schedule()
    },
    async stop(): Promise<void> {
      isOff = true
      clearTimeout(timer)
      waiting.abort(new Error('the text has ended'))
      if (!inFlight) return
      const lastCall = setTimeout(() => calling.abort(), options.lastCallMilliseconds)
      await inFlight
      clearTimeout(lastCall)
    },
  }
}
