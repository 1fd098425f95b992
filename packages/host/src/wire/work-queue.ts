import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

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

/** How long the other side's work may take in a row. */
const IN_A_ROW_MS = 20
/** After this much time without work the next piece is not in a row with the last. */
const QUIET_MS = 20
/** After this many rests without a quiet moment the other side counts as flooding. */
const RESTS_OF_A_FLOOD = 20

/**
 * Limits how much of this process's time the other side of a connection takes. After 20 ms of work
 * its further work rests for as long as that work took, and at least for one turn of the event loop.
 * Others so keep at least half of the time, however much this one asks for.
 */
export class WorkBudget {
  readonly #onFlood: () => void
  #usedMs = 0
  #endedAt = 0
  #rests = 0

  constructor(onFlood: () => void) {
    this.#onFlood = onFlood
  }

  /** Counts a piece of work. @returns whether further work must rest */
  spend(from: number, to: number): boolean {
    if (from - this.#endedAt > QUIET_MS) {
      this.#usedMs = 0
      this.#rests = 0
    }
    this.#endedAt = to
    this.#usedMs += to - from
    return this.#usedMs >= IN_A_ROW_MS
  }

  async rest(): Promise<void> {
    const milliseconds = this.#usedMs
    this.#usedMs = 0
    this.#rests += 1
    if (this.#rests === RESTS_OF_A_FLOOD) this.#onFlood()
    await sleep(milliseconds)
    this.#endedAt = performance.now()
  }
}
