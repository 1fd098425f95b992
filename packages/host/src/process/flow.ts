import type { Duplex } from 'node:stream'

const SLICE_MS = 50
const MESSAGES_PER_SLICE = 1_000
const BYTES_PER_SLICE = 8 * 1_048_576
/** What a value costs in bytes, since it must be created and checked. */
const BYTES_PER_VALUE = 64
/** After this many throttled slices in a row the process counts as flooding. */
const SLICES_OF_A_FLOOD = 20

/**
 * Keeps one process from monopolising the host. Each time slice has a budget for data read from the
 * process; the rest waits there.
 */
export class Flow {
  readonly #channel: Duplex
  readonly #onFlood: () => void
  #sliceEndsAt = 0
  #messages = 0
  #bytes = 0
  #fullSlices = 0
  #timer: NodeJS.Timeout | undefined

  constructor(channel: Duplex, onFlood: () => void) {
    this.#channel = channel
    this.#onFlood = onFlood
  }

  /** Counts a message that was read. */
  count(bytes: number, values: number): void {
    const now = performance.now()
    if (now >= this.#sliceEndsAt) this.#begin(now)
    this.#messages += 1
    this.#bytes += bytes + values * BYTES_PER_VALUE
    if (this.#messages < MESSAGES_PER_SLICE && this.#bytes < BYTES_PER_SLICE) return
    if (this.#timer) return
    this.#fullSlices += 1
    if (this.#fullSlices === SLICES_OF_A_FLOOD) this.#onFlood()
    this.#channel.pause()
    this.#timer = setTimeout(() => this.#resume(), Math.max(1, this.#sliceEndsAt - now, this.#debt()))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #begin(now: number): void {
    const isQuiet = now > this.#sliceEndsAt + SLICE_MS
    if (isQuiet) this.#fullSlices = 0
    this.#sliceEndsAt = now + SLICE_MS
    this.#messages = 0
    this.#bytes = 0
  }

  /** Milliseconds by which the budget is overdrawn: one large message may use up many slices. */
  #debt(): number {
    return Math.floor(this.#bytes / BYTES_PER_SLICE - 1) * SLICE_MS
  }

  #resume(): void {
    this.#timer = undefined
    this.#begin(performance.now())
    this.#channel.resume()
  }
}
