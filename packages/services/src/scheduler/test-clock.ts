import { setImmediate as turn } from 'node:timers/promises'
import type { SchedulerClock } from './scheduler-clock.ts'

interface Timer {
  readonly at: number
  readonly work: () => void
}

/**
 * A clock for tests: time passes only when the test says so, and the wall clock can be set
 * independently.
 */
export class TestClock implements SchedulerClock {
  #elapsed = 0
  #wall: number
  readonly #timers = new Set<Timer>()
  readonly #waits: (() => Promise<void>)[] = []

  constructor(start: string) {
    this.#wall = Date.parse(start)
  }

  now(): number {
    return this.#wall + this.#elapsed
  }

  /** Like real timers, these ignore the wall clock. */
  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, work }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Sets the wall clock forward or back; no time passes. */
  set(seconds: number): void {
    this.#wall += seconds * 1_000
  }

  /** Makes `pass` also wait for this work, so that pending writes complete. */
  waitFor(work: () => Promise<void>): void {
    this.#waits.push(work)
  }

  async pass(seconds: number): Promise<void> {
    const end = this.#elapsed + seconds * 1_000
    for (;;) {
      await this.#letWorkEnd()
      const next = [...this.#timers].reduce<Timer | undefined>(
        (first, timer) => (first && first.at <= timer.at ? first : timer),
        undefined,
      )
      if (!next || next.at > end) break
      this.#timers.delete(next)
      this.#elapsed = next.at
      next.work()
    }
    this.#elapsed = end
  }

  async #letWorkEnd(): Promise<void> {
    for (let count = 0; count < 3; count += 1) {
      await turn()
      for (const wait of this.#waits) await wait()
    }
  }
}
