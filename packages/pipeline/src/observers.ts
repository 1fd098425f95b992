import { errorMessage } from '@pluggram/sdk'
import type { Logger, ObservedMessage } from '@pluggram/sdk'
import { inStep } from '@pluggram/sdk/runtime'
import type { PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'

export interface ObserversOptions {
  readonly registry: PluginRegistry
  readonly logger: Logger
  /** Messages that may wait for one observer; it misses any beyond that. Default 1,000. */
  readonly capacity?: number
}

interface Observer {
  readonly plugin: RunnablePlugin
  readonly waiting: ObservedMessage[]
  isBusy: boolean
  missed: number
}

const CAPACITY = 1_000

/** Tells observers the outcome of messages, one at a time to each, without waiting for them. */
export class Observers {
  readonly #options: ObserversOptions
  readonly #stopListening: () => void
  #observers: readonly Observer[] = []
  /** False when there are no observers, so that callers need not build the event. */
  isWatched = false

  constructor(options: ObserversOptions) {
    this.#options = options
    this.#follow()
    this.#stopListening = options.registry.onChange(() => this.#follow())
  }

  tell(event: ObservedMessage): void {
    for (const observer of this.#observers) {
      if (observer.waiting.length >= (this.#options.capacity ?? CAPACITY)) {
        observer.missed += 1
        continue
      }
      observer.waiting.push(event)
      // not part of the message's journey, and often later
      if (!observer.isBusy) void inStep(undefined, () => this.#work(observer))
    }
  }

  close(): void {
    this.#stopListening()
    this.#observers = []
    this.isWatched = false
  }

  #follow(): void {
    this.#observers = this.#find()
    this.isWatched = this.#observers.length > 0
  }

  /** Known observers keep their queues. */
  #find(): readonly Observer[] {
    return this.#options.registry
      .plugins()
      .filter(({ descriptor }) => descriptor.answers.includes('observe'))
      .map(
        (plugin) =>
          this.#observers.find((known) => known.plugin === plugin) ?? {
            plugin,
            waiting: [],
            isBusy: false,
            missed: 0,
          },
      )
  }

  async #work(observer: Observer): Promise<void> {
    const { plugin, waiting } = observer
    const { logger } = this.#options
    observer.isBusy = true
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        await plugin.ask('observe', next)
      } catch (error) {
        logger.warn('an observer failed', { plugin: plugin.descriptor.name, error: errorMessage(error) })
      }
    }
    observer.isBusy = false
    if (observer.missed === 0) return
    logger.warn('an observer was too slow and missed messages', {
      plugin: plugin.descriptor.name,
      missed: observer.missed,
    })
    observer.missed = 0
  }
}
