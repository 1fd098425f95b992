import type { Logger } from '@pluggram/sdk'
import type { PendingPlugin, PluginDescriptor, PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import { commandOwners, OwnersOrder, payloadStarters, routePlugins } from './routing-order.ts'
import type { Routable, Starter } from './routing-order.ts'

/** The registry of plugins that can be asked, in routing order. */
export class ListedRegistry implements PluginRegistry {
  readonly #logger: Logger
  readonly #listeners = new Set<() => void>()
  /** Plugins that are still starting; messages wait for them. */
  pending: readonly PendingPlugin[] = []
  readonly firstStarts = new FirstStarts((pending) => (this.pending = pending))
  #order: OwnersOrder
  #running: readonly Routable[] = []
  #listed: readonly RunnablePlugin[] = []
  #owners: ReadonlyMap<string, string> = new Map()
  #starters: readonly Starter[] = []

  constructor(order: OwnersOrder, logger: Logger) {
    this.#order = order
    this.#logger = logger
  }

  plugins(): readonly RunnablePlugin[] {
    return this.#listed
  }

  ownerOf(command: string): string | undefined {
    return this.#owners.get(command)
  }

  starterOf(payload: string): string | undefined {
    return this.#starters.find(({ prefixes }) => prefixes.some((prefix) => payload.startsWith(prefix)))?.name
  }

  onChange(listener: () => void): () => void {
    // a wrapper, so that one function can be added twice and removed once
    const entry = (): void => listener()
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  /** Replaces plugins atomically, so that no listener sees an intermediate state. */
  change({ add = [], remove = [] }: { add?: readonly Routable[]; remove?: readonly RunnablePlugin[] }): void {
    if (add.length + remove.length === 0) return
    const gone = new Set(remove)
    this.#running = [...this.#running.filter(({ runnable }) => !gone.has(runnable)), ...add]
    this.#update()
  }

  setOrder(order: OwnersOrder): void {
    this.#order = order
    if (this.#running.length > 0) this.#update()
  }

  clear(): void {
    this.firstStarts.clear()
    this.#running = []
    this.#update()
  }

  #update(): void {
    this.#listed = routePlugins(this.#running, this.#order)
    const descriptors = this.#listed.map(({ descriptor }) => descriptor)
    this.#owners = commandOwners(descriptors, this.#order)
    this.#starters = payloadStarters(descriptors, this.#order)
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        this.#logger.error('a listener to plugin changes failed', { err: error })
      }
    }
  }
}

/** Creates the list of plugins that can be asked, which a host fills. */
export function createPluginList(logger: Logger): ListedRegistry {
  return new ListedRegistry(new OwnersOrder([], []), logger)
}

interface FirstStart {
  readonly name: string
  readonly start: Promise<unknown>
  /** The longest time that messages wait for it. */
  readonly seconds: number
  readonly descriptor?: PluginDescriptor | undefined
}

interface Waiting {
  readonly plugin: PendingPlugin
  end(): void
}

/**
 * Plugins that start with the assistant and are not ready, each until its start ends or times out.
 */
class FirstStarts {
  readonly #waiting = new Set<Waiting>()
  readonly #onChange: (pending: readonly PendingPlugin[]) => void

  constructor(onChange: (pending: readonly PendingPlugin[]) => void) {
    this.#onChange = onChange
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

  clear(): void {
    for (const waiting of this.#waiting) waiting.end()
  }

  #list(): void {
    this.#onChange([...this.#waiting].map(({ plugin }) => plugin))
  }
}
