import { UnorderedList } from '@pluggram/sdk/runtime'
import type { Listed } from '@pluggram/sdk/runtime'

/**
 * Aborts all its controllers when one signal is aborted. A listener for each controller would be
 * slow with hundreds of messages in flight: a signal scans all its listeners when one is added or
 * removed.
 */
export class AbortGroup {
  readonly #members = new UnorderedList<AbortController>()
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#abort(), { once: true })
  }

  /** Adds a controller to the group. Pass it to `leave` when its work is done. */
  join(): Listed<AbortController> {
    const controller = new AbortController()
    if (this.#signal.aborted) controller.abort(this.#signal.reason)
    return this.#members.add(controller)
  }

  leave(member: Listed<AbortController>): void {
    this.#members.remove(member)
  }

  #abort(): void {
    for (const controller of this.#members.values()) controller.abort(this.#signal.reason)
  }
}
