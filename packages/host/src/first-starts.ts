import type { PendingPlugin, PluginDescriptor } from '@pluggram/sdk/runtime'

export interface FirstStart {
  readonly name: string
  readonly start: Promise<unknown>
  /** The longest that messages wait for it. */
  readonly seconds: number
  readonly descriptor?: PluginDescriptor | undefined
}

interface Waiting {
  readonly plugin: PendingPlugin
  end(): void
}

/**
 * Plugins that start with the assistant and are not ready yet, each until its start ends or takes
 * too long.
 */
export class FirstStarts {
  readonly #waiting = new Set<Waiting>()
  #pending: readonly PendingPlugin[] = []

  get pending(): readonly PendingPlugin[] {
    return this.#pending
  }

  add({ name, start, seconds, descriptor }: FirstStart): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting: Waiting = {
      plugin: { name, ...(descriptor && { descriptor }), settled: promise },
      end: () => {
        clearTimeout(timer)
        if (!this.#waiting.delete(waiting)) return
        this.#list()
        resolve()
      },
    }
    const timer = setTimeout(waiting.end, seconds * 1_000)
    timer.unref()
    this.#waiting.add(waiting)
    this.#list()
    start.then(waiting.end, waiting.end)
  }

  /** Ends all waits. */
  clear(): void {
    for (const waiting of this.#waiting) waiting.end()
  }

  #list(): void {
    this.#pending = [...this.#waiting].map(({ plugin }) => plugin)
  }
}
