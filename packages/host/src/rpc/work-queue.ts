import type { Duplex } from 'node:stream'
import type { WorkBudget } from './work-budget.ts'

/** How many bytes may wait for the other side before further answers are made. */
const MAX_BACKLOG_BYTES = 4 * 1_048_576

export interface WorkQueueOptions {
  readonly socket: Duplex
  /** Without it, the other side is trusted and its work never rests. */
  readonly budget: WorkBudget | undefined
  /** Handles a message that was read. */
  handle(payload: Buffer): void
  /** Called when the other side's messages had to wait. */
  onRested(): void
}

/**
 * The work that one side of a connection does for the other: reading its messages, in their order,
 * and writing answers. Messages that must wait are left in the socket, and answers that the other
 * side does not read are not made.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  #payloads: Buffer[] = []
  #answers: (() => void)[] = []
  #isWorking = false
  #isClosed = false

  constructor(options: WorkQueueOptions) {
    this.#options = options
    options.socket.on('drain', () => void this.#work())
  }

  read(payloads: readonly Buffer[]): void {
    this.#payloads.push(...payloads)
    void this.#work()
  }

  /** Runs `write` as soon as there is time for it, and the other side reads. */
  answer(write: () => void): void {
    this.#answers.push(write)
    void this.#work()
  }

  /** Handles what was read already, and drops the rest. */
  close(): void {
    const payloads = this.#payloads
    this.#isClosed = true
    this.#payloads = []
    this.#answers = []
    for (const payload of payloads) this.#options.handle(payload)
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    const { budget } = this.#options
    for (let next = this.#next(); next; next = this.#next()) {
      const from = performance.now()
      next()
      if (!budget) continue
      // a call goes on in microtasks, which count too
      await undefined
      if (budget.spend(from, performance.now())) await this.#rest(budget)
    }
    this.#isWorking = false
  }

  #next(): (() => void) | undefined {
    const payload = this.#payloads.shift()
    if (payload) return () => this.#options.handle(payload)
    return this.#options.socket.writableLength > MAX_BACKLOG_BYTES ? undefined : this.#answers.shift()
  }

  async #rest(budget: WorkBudget): Promise<void> {
    this.#options.socket.pause()
    await budget.rest()
    if (this.#isClosed) return
    this.#options.socket.resume()
    this.#options.onRested()
  }
}
