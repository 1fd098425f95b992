import type { ModelSelector } from './model-selector.ts'

/** For this long after a failure, a model is only asked after the others. */
const DEFAULT_MS = 30_000
const LONGEST_MS = 300_000

/**
 * Remembers which models failed recently, so that not every request waits for the same dead server.
 */
export class CoolDown {
  readonly #until = new Map<ModelSelector, number>()
  readonly #now: () => number

  /** @param now milliseconds; injected by tests */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  start(selector: ModelSelector, milliseconds = DEFAULT_MS): void {
    this.#until.set(selector, this.#now() + Math.min(Math.max(milliseconds, DEFAULT_MS), LONGEST_MS))
  }

  clear(selector: ModelSelector): void {
    this.#until.delete(selector)
  }

  /** Moves models that failed recently to the end; none is removed. */
  order(chain: readonly ModelSelector[]): readonly ModelSelector[] {
    const isCooling = (selector: ModelSelector): boolean => (this.#until.get(selector) ?? 0) > this.#now()
    return [...chain.filter((selector) => !isCooling(selector)), ...chain.filter(isCooling)]
  }
}
