import type { ConfigService } from '@pluggram/sdk'

/** A plugin's configuration that can change while it runs. */
export class LiveConfig {
  #current: unknown
  readonly #listeners = new Set<(config: never) => void>()
  readonly #onError: (error: unknown) => void

  constructor(current: unknown, onError: (error: unknown) => void) {
    this.#current = current
    this.#onError = onError
  }

  readonly service: ConfigService = {
    get: <Config>() => this.#current as Config,
    onChange: (listener) => {
      const entry = (config: never): void => listener(config)
      this.#listeners.add(entry)
      return async () => void this.#listeners.delete(entry)
    },
  }

  /** Whether the plugin wants to hear of changes. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Puts another configuration in place; it was checked. */
  replace(config: unknown): void {
    this.#current = config
    for (const listener of this.#listeners) {
      try {
        listener(config as never)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
