import type { DriverEvent } from '../drive-types.ts'

type WithoutSequence<T> = T extends unknown ? Omit<T, 'sequence'> : never
/** An event without its sequence number. */
export type NewDriverEvent = WithoutSequence<DriverEvent>
export type DriverEventListener = (event: DriverEvent) => void

/** Numbers events and passes them to listeners. */
export class EventHub {
  readonly #listeners = new Set<DriverEventListener>()
  readonly #reportError: (error: unknown) => void
  #sequence = 0

  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError
  }

  /**
   * Emits an event. `build` only runs if there are listeners, to avoid building transcripts in
   * vain.
   */
  emit(build: () => NewDriverEvent): void {
    this.#sequence += 1
    if (this.#listeners.size === 0) return
    const event = { ...build(), sequence: this.#sequence } as DriverEvent
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#reportError(error)
      }
    }
  }

  subscribe(listener: DriverEventListener): () => void {
    const own: DriverEventListener = (event) => listener(event)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }
}
