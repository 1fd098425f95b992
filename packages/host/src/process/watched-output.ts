import type { Readable } from 'node:stream'
import { OutputCapture } from './output-capture.ts'
import { RateLimit } from './rate-limit.ts'

/** How much a process may print per second; four seconds above that count as flooding. */
const FLOOD_BYTES = 4 * 1_048_576
const FLOOD_SECONDS = 4

/** The output of a process, within limits. */
export class WatchedOutput {
  readonly #capture: OutputCapture
  readonly #printed = new RateLimit(100, 500)
  #floodSeconds = 0

  constructor(streams: readonly Readable[], onLine: (line: string) => void) {
    this.#capture = new OutputCapture(streams, {
      onLine: (line) => {
        if (this.#printed.take()) onLine(line)
      },
    })
  }

  get tail(): OutputCapture['tail'] {
    return this.#capture.tail
  }

  /** Lines that were dropped since the last call. */
  takeDropped(): number {
    return this.#printed.takeRefused()
  }

  /** Must be called once a second, because it counts seconds. */
  isFlooding(): boolean {
    this.#floodSeconds = this.#capture.takeBytes() > FLOOD_BYTES ? this.#floodSeconds + 1 : 0
    return this.#floodSeconds >= FLOOD_SECONDS
  }
}
