/** So many errors in the window are worth a word, however rare errors usually are. */
const LEAST = 10
/** And so many times more than usual. */
const TIMES = 4
const WINDOW_MS = 5 * 60_000
/** The usual level is that of about a day. */
const DAY_OF_WINDOWS = 288

/** How many errors a plugin usually makes within the window, over so many windows seen. */
export interface UsualErrors {
  readonly level: number
  readonly windows: number
}

export interface ErrorSpike {
  readonly plugin: string
  readonly errors: number
  /** Errors in an ordinary window of the same length. */
  readonly usual: number
  readonly minutes: number
}

interface Watched {
  /** Totals at the moments when they grew, oldest first; the first is at or before the window. */
  samples: { readonly at: number; readonly total: number }[]
  usual: UsualErrors
  isSpike: boolean
}

/** Finds plugins that fail much more often than they usually do. */
export class ErrorSpikes {
  readonly #totals: ReadonlyMap<string, number>
  readonly #now: () => number
  readonly #plugins = new Map<string, Watched>()
  #windowEnds: number

  /**
   * @param totals errors of each plugin since the start
   * @param usual what `usual` gave in an earlier run
   */
  constructor(
    totals: ReadonlyMap<string, number>,
    usual: Readonly<Record<string, UsualErrors>> = {},
    now: () => number = () => performance.now(),
  ) {
    this.#totals = totals
    this.#now = now
    this.#windowEnds = now() + WINDOW_MS
    for (const [plugin, known] of Object.entries(usual)) this.#plugins.set(plugin, newlyWatched(now(), known))
  }

  /** The usual level of each plugin, to be kept for the next run. */
  get usual(): Readonly<Record<string, UsualErrors>> {
    return Object.fromEntries([...this.#plugins].map(([plugin, { usual }]) => [plugin, usual]))
  }

  /** Plugins that fail unusually often now. Called every few seconds. */
  check(): readonly ErrorSpike[] {
    const now = this.#now()
    this.#sample(now)
    const spikes = [...this.#plugins].flatMap(([plugin, watched]) => {
      const errors = errorsSince(watched, now - WINDOW_MS)
      const least = Math.max(LEAST, TIMES * watched.usual.level)
      // what has become usual is no spike any more
      watched.isSpike = errors >= (watched.isSpike ? least / 2 : least)
      if (!watched.isSpike) return []
      return [{ plugin, errors, usual: Math.round(watched.usual.level), minutes: WINDOW_MS / 60_000 }]
    })
    if (now >= this.#windowEnds) this.#learn(now)
    return spikes
  }

  #sample(now: number): void {
    for (const [plugin, total] of this.#totals) {
      const watched = this.#plugins.get(plugin) ?? newlyWatched(now, { level: 0, windows: 0 })
      this.#plugins.set(plugin, watched)
      if (watched.samples.at(-1)?.total !== total) watched.samples.push({ at: now, total })
      const first = watched.samples.findLastIndex(({ at }) => at <= now - WINDOW_MS)
      if (first > 0) watched.samples.splice(0, first)
    }
  }

  /** The first windows count more, so that a level is known within the hour. */
  #learn(now: number): void {
    this.#windowEnds = now + WINDOW_MS
    for (const watched of this.#plugins.values()) {
      const { level, windows } = watched.usual
      const share = Math.max(1 / (windows + 1), 1 / DAY_OF_WINDOWS)
      const errors = errorsSince(watched, now - WINDOW_MS)
      watched.usual = { level: level + (errors - level) * share, windows: windows + 1 }
    }
  }
}

function newlyWatched(at: number, usual: UsualErrors): Watched {
  return { samples: [{ at, total: 0 }], usual, isSpike: false }
}

function errorsSince({ samples }: Watched, start: number): number {
  const before = samples.findLast(({ at }) => at <= start) ?? samples[0]
  return (samples.at(-1)?.total ?? 0) - (before?.total ?? 0)
}
