/** What one model on one server was seen to do. */
export interface Habits {
  /** Names of request parts it refuses, with the time until that is believed. */
  readonly refused: Map<string, number>
  /** Faults of the server in a row to requests with tools. */
  faultsWithTools: number
  /** Until then, leaving out tools without being told is known not to help. */
  vainUntil: number
  /** Whether its thoughts end with a tag but do not begin with one; `undefined` until it answered. */
  closesOnly: boolean | undefined
  /** The context that Ollama runs it with; 0 if it cannot be learned. */
  contextTokens: number | undefined
  hasToldContext: boolean
}

/** A server may be replaced by one that can do more. */
const BELIEVED_MS = 6 * 3_600_000
/** A guess may be wrong: the server may just have been out of order. */
const GUESS_BELIEVED_MS = 600_000
const MAX_MODELS = 500

/** Remembers the habits of models until the assistant stops. */
export class ModelHabits {
  readonly #known = new Map<string, Habits>()
  readonly #now: () => number

  /** @param now milliseconds; injected by tests */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  of(baseUrl: string, model: string): Habits {
    const key = `${baseUrl} ${model}`
    const known = this.#known.get(key)
    if (known) return known
    const [oldest] = this.#known.keys()
    if (this.#known.size >= MAX_MODELS && oldest !== undefined) this.#known.delete(oldest)
    const habits: Habits = {
      refused: new Map(),
      faultsWithTools: 0,
      vainUntil: 0,
      closesOnly: undefined,
      contextTokens: undefined,
      hasToldContext: false,
    }
    this.#known.set(key, habits)
    return habits
  }

  /** The names of the parts that a model refuses. */
  refusedBy({ refused }: Habits): string[] {
    const now = this.#now()
    for (const [name, until] of refused) if (until <= now) refused.delete(name)
    return [...refused.keys()]
  }

  mayGuess({ vainUntil }: Habits): boolean {
    return vainUntil <= this.#now()
  }

  guessedInVain(habits: Habits): void {
    habits.vainUntil = this.#now() + GUESS_BELIEVED_MS
  }

  refuses({ refused }: Habits, name: string, isGuess: boolean): void {
    refused.set(name, this.#now() + (isGuess ? GUESS_BELIEVED_MS : BELIEVED_MS))
  }
}
