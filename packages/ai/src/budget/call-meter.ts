import type { AiUsage } from '@pluggram/sdk'
import type { Selection } from '../selection.ts'

/** Upper bound of a call's usage. */
export interface CallEstimate {
  readonly selection: Selection
  readonly inputTokens: number
  /** The maximum that the caller requested. */
  readonly maxOutputTokens: number | undefined
  /** Minutes of speech to transcribe. */
  readonly minutes?: number
  /** Characters to speak. */
  readonly characters?: number
  /** True when the cheaper model answers because a budget is used up. */
  readonly isCheaper: boolean
}

/** A call's actual usage, reported by the provider or estimated. */
export interface CallUsage {
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  /** Minutes of speech transcribed. */
  readonly minutes?: number
  /** Characters spoken. */
  readonly characters?: number
}

/** Permission for one call. It must be settled even if the call fails. */
export interface CallReservation {
  /** Maximum length of the answer within the budget, in tokens. */
  readonly maxOutputTokens: number | undefined
  /** Records what is used so far. It counts if the program ends before `settle`. */
  note(usage: CallUsage): void
  settle(usage: CallUsage): AiUsage
}

/** Meters the cost of one caller's calls. */
export interface CallMeter {
  /**
   * @throws AiError `ai-limit` when a budget is used up, `ai-busy` when too many calls are running
   */
  reserve(estimate: CallEstimate, signal: AbortSignal): Promise<CallReservation>
}
