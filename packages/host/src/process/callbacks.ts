type Callback = (...args: never[]) => unknown

/** Functions of a plugin process that the host calls by number. */
export class Callbacks {
  readonly #functions = new Map<number, Callback>()
  #nextId = 1

  /** Stores a function and returns its number. */
  add(callback: Callback): number {
    const id = this.#nextId++
    this.#functions.set(id, callback)
    return id
  }

  delete(id: number): void {
    this.#functions.delete(id)
  }

  /** Calls a function for the host; rejects with what it throws. */
  async call(id: number, args: readonly unknown[]): Promise<unknown> {
    const callback = this.#functions.get(id)
    if (!callback) throw new Error('that function is gone')
    return Reflect.apply(callback, undefined, args)
  }
}
