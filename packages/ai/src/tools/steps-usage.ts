import type { AiUsage, TextEnd } from '@pluggram/sdk'
import type { TurnGuard } from './turn-guard.ts'

/** Adds up the usage of the steps of one answer. */
export class StepsUsage {
  #usage: AiUsage = { inputTokens: 0, outputTokens: 0 }
  #last: TextEnd | undefined

  add(end: TextEnd): void {
    const { inputTokens, outputTokens, money } = end.usage
    const sum = this.#usage
    this.#last = end
    this.#usage = {
      inputTokens: sum.inputTokens + inputTokens,
      outputTokens: sum.outputTokens + outputTokens,
      ...((money !== undefined || sum.money !== undefined) && { money: (sum.money ?? 0) + (money ?? 0) }),
    }
  }

  /** Reports the end of the answer: the last step's end, with the usage of all steps. */
  tell(
    listener: ((end: TextEnd) => void) | undefined,
    {
      isForeign,
      isLed,
      hasActed,
      reason,
    }: Pick<TurnGuard, 'isForeign' | 'isLed'> & {
      readonly hasActed: boolean
      readonly reason?: TextEnd['reason']
    },
  ): void {
    if (!this.#last) return
    const end = { ...this.#last, usage: this.#usage, isForeign, hasActed, mayFetch: !isLed }
    listener?.({ ...end, ...(reason && { reason }) })
  }
}
