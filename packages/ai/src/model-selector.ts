import type { Selection } from './selection.ts'

/** While the demo model answers, `auto` looks for a newly started server at this interval. */
const LOOK_AGAIN_MS = 60_000

export interface ModelSelectorOptions {
  /** The configured value: `auto` or `provider:model`. */
  readonly wanted: string
  choose(): Promise<Selection>
  now?(): number
}

/**
 * Caches the selected model. A configured model is kept. With `auto`, the search is repeated after
 * a failure, and every minute while only the demo model is found. Concurrent callers share one
 * search.
 */
export class ModelSelector {
  readonly wanted: string
  readonly #choose: () => Promise<Selection>
  readonly #now: () => number
  #current: { readonly selection: Selection; readonly chosenAt: number } | undefined
  #search: Promise<Selection> | undefined
  #renewals = 0

  constructor({ wanted, choose, now = () => performance.now() }: ModelSelectorOptions) {
    this.wanted = wanted
    this.#choose = choose
    this.#now = now
  }

  async select(): Promise<Selection> {
    const current = this.#current
    if (current && !this.#isStale(current)) return current.selection
    this.#search ??= this.#startSearch()
    const [search, renewals] = [this.#search, this.#renewals]
    const selection = await search
    if (renewals === this.#renewals) this.#current = { selection, chosenAt: this.#now() }
    return selection
  }

  /** Chooses again at the next call: keys or servers have changed. */
  renew(): void {
    this.#renewals += 1
    this.#current = undefined
    this.#search = undefined
  }

  /** Forgets `failed` if `auto` may now find another model; returns whether it did. */
  forget(failed: Selection): boolean {
    if (!failed.isProvisional) return false
    if (this.#current?.selection === failed) this.#current = undefined
    return true
  }

  #startSearch(): Promise<Selection> {
    const search = this.#choose().finally(() => {
      if (this.#search === search) this.#search = undefined
    })
    return search
  }

  #isStale({ selection, chosenAt }: { selection: Selection; chosenAt: number }): boolean {
    return selection.api === 'demo' && selection.isProvisional && this.#now() - chosenAt >= LOOK_AGAIN_MS
  }
}
