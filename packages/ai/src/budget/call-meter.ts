import type { AiUsage } from '@pluggram/sdk'
import type { Selection } from '../selection.ts'

/** What a call is about to need, at most. */
export interface CallEstimate {
  readonly selection: Selection
  readonly inputTokens: number
  /** What the caller asked for. */
  readonly maxOutputTokens: number | undefined
  /** Of speech to transcribe. */
  readonly minutes?: number
  /** To speak. */
  readonly characters?: number
  /** True when a cheaper model answers because a budget is used up. */
  readonly isCheaper: boolean
}

/** What a call took, as its provider counted it or as well as we know. */
export interface CallUsage {
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  /** Of speech that was transcribed. */
  readonly minutes?: number
  /** That were spoken. */
  readonly characters?: number
}

/** Permission for one call. It must be settled, whatever comes of the call. */
export interface CallReservation {
  /** The longest answer that the budget allows for, in tokens. */
  readonly maxOutputTokens: number | undefined
  settle(usage: CallUsage): AiUsage
}

/** Watches over what one caller's calls cost. */
export interface CallMeter {
  /**
   * @throws AiError `ai-limit` when a budget is used up, `ai-busy` when too much is under way
   */
  reserve(estimate: CallEstimate, signal: AbortSignal): Promise<CallReservation>
}
