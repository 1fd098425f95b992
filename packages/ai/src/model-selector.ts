import type { Selection } from './selection.ts'

/** With the demo model in charge, a server that was started meanwhile is noticed after this long. */
const LOOK_AGAIN_MS = 60_000

export interface ModelSelectorOptions {
  /** What the configuration says: `auto` or `provider:model`. */
  readonly wanted: string
  choose(): Promise<Selection>
  now?(): number
}

/**
 * Remembers which model was chosen. A configured one stays; one that `auto` found is looked for again after it
 * failed, and when only the demo model was found, after a minute. Callers that come at once share one search.
 */
export class ModelSelector {
  readonly wanted: string
  readonly #choose: () => Promise<Selection>
  readonly #now: () => number
  #current: { readonly selection: Selection; readonly chosenAt: number } | undefined
  #search: Promise<Selection> | undefined

  constructor({ wanted, choose, now = () => performance.now() }: ModelSelectorOptions) {
    this.wanted = wanted
    this.#choose = choose
    this.#now = now
  }

  async select(): Promise<Selection> {
    const current = this.#current
    if (current && !this.#isStale(current)) return current.selection
    this.#search ??= this.#choose().finally(() => {
      this.#search = undefined
    })
    const selection = await this.#search
    this.#current = { selection, chosenAt: this.#now() }
    return selection
  }

  /** Forgets `failed` if `auto` may find something else now; says whether it did. */
  forget(failed: Selection): boolean {
    if (!failed.isProvisional) return false
    if (this.#current?.selection === failed) this.#current = undefined
    return true
  }

  #isStale({ selection, chosenAt }: { selection: Selection; chosenAt: number }): boolean {
    return selection.api === 'demo' && selection.isProvisional && this.#now() - chosenAt >= LOOK_AGAIN_MS
  }
}
