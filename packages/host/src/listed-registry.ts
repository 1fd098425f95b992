import type { Logger } from '@pluggram/sdk'
import type { PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import { thrownMessage } from './error-location.ts'
import { routePlugins } from './routing-order.ts'
import type { OwnersOrder, Routable } from './routing-order.ts'

/** The registry of the plugins that run, kept in the order in which they are asked. */
export class ListedRegistry implements PluginRegistry {
  readonly #order: OwnersOrder
  readonly #logger: Logger
  readonly #running = new Set<Routable>()
  readonly #listeners = new Set<() => void>()
  #listed: readonly RunnablePlugin[] = []

  constructor(order: OwnersOrder, logger: Logger) {
    this.#order = order
    this.#logger = logger
  }

  plugins(): readonly RunnablePlugin[] {
    return this.#listed
  }

  onChange(listener: () => void): () => void {
    // a wrapper, so that one function can listen twice and leave once
    const entry = (): void => listener()
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  add(plugin: Routable): void {
    this.#running.add(plugin)
    this.#update()
  }

  clear(): void {
    this.#running.clear()
    this.#update()
  }

  #update(): void {
    this.#listed = routePlugins([...this.#running], this.#order)
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        this.#logger.error('A listener to plugin changes failed', { error: thrownMessage(error) })
      }
    }
  }
}
