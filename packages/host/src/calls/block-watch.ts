export interface BlockWatchOptions {
  /**
   * Called with the plugins that were running while the event loop was blocked; one of them blocked
   * it.
   */
  onBlocked(plugins: readonly string[], milliseconds: number): void
}

const TICK_MS = 50
/** Users notice an event loop blocked for longer than this. */
const BLOCKED_MS = 100
/**
 * If the process used less CPU time than this, no plugin blocked the loop: the process waited for a
 * CPU.
 */
const BUSY_CPU_MS = 100

/** One plugin's work, across all messages that it is processing; the plugin counts it. */
export interface PluginWork {
  readonly plugin: string
  underWay: number
  /** When it last ended, by the monotonic clock. */
  endedAt: number
}

/** Finds out which plugins inside this process block its event loop. */
export class BlockWatch {
  readonly #options: BlockWatchOptions
  readonly #works = new Set<PluginWork>()
  readonly #timer: NodeJS.Timeout
  #tickedAt = performance.now()
  #cpu = process.cpuUsage()

  constructor(options: BlockWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** Watches a plugin until the returned function is called. */
  follow(work: PluginWork): () => void {
    this.#works.add(work)
    return () => void this.#works.delete(work)
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
      const suspects = [...this.#works].filter(({ underWay, endedAt }) => underWay > 0 || endedAt > from)
      if (suspects.length > 0)
        this.#options.onBlocked(
          suspects.map(({ plugin }) => plugin),
          blocked,
        )
    }
    this.#tickedAt = now
    this.#cpu = process.cpuUsage()
  }
}
