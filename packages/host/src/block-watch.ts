export interface BlockWatchOptions {
  /** Told which plugins were at work while the event loop stood still; one of them held it. */
  onBlocked(plugins: readonly string[], milliseconds: number): void
}

const TICK_MS = 50
/** A loop that stands still for longer is felt by everybody. */
const BLOCKED_MS = 100
/** A loop that waited for a processor was not blocked by anybody: it used less of one than this. */
const BUSY_CPU_MS = 100

interface Span {
  readonly plugin: string
  readonly from: number
  to: number
}

/** Finds out which plugins inside this process block its event loop. */
export class BlockWatch {
  readonly #options: BlockWatchOptions
  readonly #spans = new Set<Span>()
  readonly #timer: NodeJS.Timeout
  #tickedAt = performance.now()
  #cpu = process.cpuUsage()

  constructor(options: BlockWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** A plugin begins to work; call the function that is given when it is done. */
  begin(plugin: string): () => void {
    const span: Span = { plugin, from: performance.now(), to: Number.POSITIVE_INFINITY }
    this.#spans.add(span)
    return () => {
      span.to = performance.now()
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = performance.now()
    const { user, system } = process.cpuUsage(this.#cpu)
    const [from, length] = [this.#tickedAt, now - this.#tickedAt]
    const isBusy = (user + system) / 1_000 > BUSY_CPU_MS
    const blocked = length - TICK_MS
    if (blocked > BLOCKED_MS && isBusy) {
      const suspects = [...this.#spans].filter((span) => span.to > from).map(({ plugin }) => plugin)
      if (suspects.length > 0) this.#options.onBlocked([...new Set(suspects)], blocked)
    }
    for (const span of this.#spans) if (span.to < now) this.#spans.delete(span)
    this.#tickedAt = now
    this.#cpu = process.cpuUsage()
  }
}
