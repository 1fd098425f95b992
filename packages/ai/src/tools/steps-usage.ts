import type { AiUsage, TextEnd } from '@pluggram/sdk'

/** Adds up what the steps of one answer took. */
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

  /** The end of the whole: as the last step ended, with the use of all. */
  tell(listener: ((end: TextEnd) => void) | undefined): void {
    if (this.#last) listener?.({ ...this.#last, usage: this.#usage })
  }
}
