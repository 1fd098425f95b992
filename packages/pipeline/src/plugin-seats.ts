import type { RunnablePlugin } from '@pluggram/sdk/runtime'

/** The calls of one plugin. */
interface Seats {
  taken: number
  readonly waiting: (() => void)[]
}

/** Calls about messages that a plugin inside the assistant gets at once: each takes some memory. */
const INSIDE = 1_000

/**
 * Limits how many calls about messages one plugin has at once; further ones wait for their turn. So
 * a plugin that hangs holds up only those who ask it. Urgent calls have seats of their own: a
 * `/stop` does not wait behind what it stops.
 */
export class PluginSeats {
  readonly #inProcess: number
  readonly #ordinary = new WeakMap<RunnablePlugin, Seats>()
  readonly #urgent = new WeakMap<RunnablePlugin, Seats>()

  /** @param inProcess the limit of a plugin in a process of its own */
  constructor(inProcess: number) {
    this.#inProcess = inProcess
  }

  /** Takes a seat; returns nothing when one is free, else a promise that resolves when one is. */
  take(plugin: RunnablePlugin, isUrgent: boolean): Promise<void> | undefined {
    const seats = this.#seatsOf(plugin, isUrgent)
    if (seats.taken < (plugin.isInProcess === true ? this.#inProcess : INSIDE)) {
      seats.taken += 1
      return undefined
    }
    return new Promise((resolve) => seats.waiting.push(resolve))
  }

  /** Gives a seat back; the one who waits longest gets it. */
  leave(plugin: RunnablePlugin, isUrgent: boolean): void {
    const seats = this.#seatsOf(plugin, isUrgent)
    const next = seats.waiting.shift()
    if (next) next()
    else seats.taken -= 1
  }

  #seatsOf(plugin: RunnablePlugin, isUrgent: boolean): Seats {
    const all = isUrgent ? this.#urgent : this.#ordinary
    const known = all.get(plugin)
    if (known) return known
    const seats = { taken: 0, waiting: [] }
    all.set(plugin, seats)
    return seats
  }
}
