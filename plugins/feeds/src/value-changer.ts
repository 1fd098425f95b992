import type { Store } from '@pluggram/sdk'

type SetOptions = Parameters<Store['set']>[2]

/** Changes values of a store one after another, so that two changes of one key at the same time lose nothing. */
export class ValueChanger {
  readonly #store: Store
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Gives `change` the value as it is and stores what it gives.
   * @throws what `change` throws, and then nothing is changed
   */
  change<T>(key: string, change: (current: unknown) => T, options?: SetOptions): Promise<T> {
    const work = async (): Promise<T> => {
      const next = change(await this.#store.get(key))
      await this.#store.set(key, next, options)
      return next
    }
    const before = this.#last.get(key) ?? Promise.resolve()
    // a change that failed is no concern of the next one
    const result = before.then(work, work)
    this.#last.set(key, result)
    const forget = (): void => {
      if (this.#last.get(key) === result) this.#last.delete(key)
    }
    result.then(forget, forget)
    return result
  }
}
