/** What is known of the requests to one model. */
interface Waits {
  /** When each open request was sent. */
  readonly open: Set<{ readonly since: number }>
  answeredAt: number
  /** The last request ended without a word in time, and none was answered since. */
  hasTimedOut: boolean
}

/** A request to a model, from its sending to the first word. */
export interface ModelWait {
  /** Ends the wait. */
  end(how: 'answered' | 'timed out' | 'failed'): void
}

/**
 * Tells which models hang: they take requests and answer none of them. A model that is only slow
 * answers others meanwhile.
 */
export class ModelWaits {
  readonly #patienceMs: number
  readonly #now: () => number
  readonly #models = new Map<string, Waits>()

  /** @param patienceMs a request that waits longer, without another one being answered, hangs */
  constructor(patienceMs: number, now: () => number = () => performance.now()) {
    this.#patienceMs = patienceMs
    this.#now = now
  }

  /** @param model as the configuration names it */
  begin(model: string): ModelWait {
    const waits = this.#waitsOf(model)
    const wait = { since: this.#now() }
    waits.open.add(wait)
    return {
      end: (how) => {
        waits.open.delete(wait)
        if (how === 'timed out') waits.hasTimedOut = true
        if (how !== 'answered') return
        waits.answeredAt = this.#now()
        waits.hasTimedOut = false
      },
    }
  }

  /** Models that let a request wait this long, without answering another one meanwhile, or did before. */
  slow(milliseconds: number): readonly string[] {
    const end = this.#now() - milliseconds
    return [...this.#models].flatMap(([model, { open, answeredAt, hasTimedOut }]) =>
      hasTimedOut || [...open].some(({ since }) => since > answeredAt && since < end) ? [model] : [],
    )
  }

  /** Its server answers again after it could not be reached. */
  reachable(model: string): void {
    this.#waitsOf(model).hasTimedOut = false
  }

  /** One line for each model that hangs. */
  list(): readonly string[] {
    return [...this.#models].flatMap(([model, { open, answeredAt, hasTimedOut }]) => {
      const hanging = [...open].filter(
        ({ since }) => since > answeredAt && this.#now() - since > this.#patienceMs,
      )
      if (hanging.length === 0 && !hasTimedOut) return []
      return [`${model} does not answer; ${open.size} requests wait for it.`]
    })
  }

  #waitsOf(model: string): Waits {
    const known = this.#models.get(model)
    if (known) return known
    const waits = { open: new Set<{ readonly since: number }>(), answeredAt: -Infinity, hasTimedOut: false }
    this.#models.set(model, waits)
    return waits
  }
}
