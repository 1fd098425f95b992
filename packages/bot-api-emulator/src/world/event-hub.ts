import type { DriverEvent } from '../drive-types.ts'

type WithoutSequence<T> = T extends unknown ? Omit<T, 'sequence'> : never
/** An event before it got its number. */
export type NewDriverEvent = WithoutSequence<DriverEvent>
export type DriverEventListener = (event: DriverEvent) => void

/** Numbers events and hands them to whoever listens. */
export class EventHub {
  readonly #listeners = new Set<DriverEventListener>()
  readonly #reportError: (error: unknown) => void
  #sequence = 0

  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError
  }

  /** `build` only runs when somebody listens: transcripts are not made for nobody. */
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
