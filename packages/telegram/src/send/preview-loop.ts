import { TelegramError } from '../api/errors.ts'
import type { BlockedChats, GatedCall, SendGate } from './send-gate.ts'

/** Shows text while it is being written. A failed preview must never fail the answer. */
export interface TextPreview {
  update(source: string): void
  /**
   * Resolves when nothing can follow any more, so that the final message comes after the last
   * preview; gives the message that shows the text, when it is one that stays.
   */
  stop(): Promise<number | undefined>
  /** Stops, and takes away what is shown, when it would stay. */
  discard(): Promise<void>
}

export interface PreviewLoopOptions {
  readonly gate: SendGate
  readonly blocked: BlockedChats
  readonly call: GatedCall
  /** Shows the text; what it throws ends the preview, but for a short 429. */
  show(source: string, signal: AbortSignal): Promise<void>
  readonly firstMilliseconds: number
  /** How long to wait after a preview of a text of that length. */
  paceFor(length: number): number
  /** Shows an unchanged text again after this long. */
  readonly refreshMilliseconds?: number
  /** How long the call under way may take when the text has ended. */
  readonly lastCallMilliseconds: number
  readonly onOff: (error: unknown) => void
  readonly now: () => number
}

export interface PreviewLoop {
  update(source: string): void
  stop(): Promise<void>
}

/** A longer 429 ends the preview: what it would show later is the answer itself. */
const BEARABLE_SECONDS = 10

/**
 * One preview is on its way at a time, and none sooner than the pace and the gate allow; what is
 * shown then is the newest text. In words: update → timer → gate → show → timer …, until `stop` or
 * a failure.
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
      await gate.pass(call, waiting.signal)
      const source = latest
      await options.show(source, calling.signal)
      shown = source
    } catch (error) {
      const isBearable = noteFailure(error)
      if (!isBearable) isOff = true
      if (!waiting.signal.aborted) options.onOff(error)
    }
  }

  /** True when the preview may go on later. */
  function noteFailure(error: unknown): boolean {
    if (!(error instanceof TelegramError)) return false
    if (error.errorCode === 403) options.blocked.mark(call.chatId)
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
