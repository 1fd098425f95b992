/**
 * Aborts all its controllers when one signal is aborted. A listener of each would do the same, but a signal looks through
 * all its listeners whenever one comes or goes: with hundreds of messages under way that costs each of them.
 */
export class AbortGroup {
  readonly #controllers = new Set<AbortController>()
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#abort(), { once: true })
  }

  /** A new controller of the group; `leave` when its work is done. */
  join(): AbortController {
    const controller = new AbortController()
    this.#controllers.add(controller)
    if (this.#signal.aborted) controller.abort(this.#signal.reason)
    return controller
  }

  leave(controller: AbortController): void {
    this.#controllers.delete(controller)
  }

  #abort(): void {
    for (const controller of this.#controllers) controller.abort(this.#signal.reason)
  }
}
