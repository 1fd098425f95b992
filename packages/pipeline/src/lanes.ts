interface Lane {
  readonly key: string
  readonly tasks: (() => Promise<void>)[]
}

export interface LanesOptions {
  /** How many lanes work at the same time. */
  readonly concurrency: number
  /** How many tasks may wait before `whenRoomy` holds its callers. */
  readonly capacity: number
}

/**
 * One queue per chat: tasks of a lane run one after another, lanes run side by side.
 *
 *   idle ──push──▶ ready ──a worker is free──▶ working ──task done──▶ ready (more tasks) | gone (none)
 *
 * A lane that has more to do goes to the end of the ready list after each task, so a chat that floods
 * delays nobody by more than one task per worker.
 */
export class Lanes {
  readonly #options: LanesOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #ready: Lane[] = []
  #working = 0
  #waiting = 0
  #roomWaiters: (() => void)[] = []
  #idleWaiters: (() => void)[] = []

  constructor(options: LanesOptions) {
    this.#options = options
  }

  /** Tasks that wait or run. */
  get size(): number {
    return this.#waiting + this.#working
  }

  /** Appends a task to a lane. The task must not throw: what it throws would be nobody's to hear. */
  push(key: string, task: () => Promise<void>): void {
    this.#waiting += 1
    const lane = this.#lanes.get(key)
    if (lane) {
      lane.tasks.push(task)
      return
    }
    const fresh: Lane = { key, tasks: [task] }
    this.#lanes.set(key, fresh)
    this.#ready.push(fresh)
    this.#startWorkers()
  }

  /** Resolves when fewer tasks wait than the capacity allows. */
  async whenRoomy(): Promise<void> {
    while (this.#waiting >= this.#options.capacity) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve))
    }
  }

  /** Resolves when nothing waits or runs. */
  async whenIdle(): Promise<void> {
    while (this.size > 0) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
    }
  }

  /** Forgets all tasks that have not begun and tells how many those were. */
  clear(): number {
    const dropped = this.#waiting
    this.#ready.length = 0
    for (const lane of this.#lanes.values()) lane.tasks.length = 0
    this.#waiting = 0
    this.#wake()
    return dropped
  }

  #startWorkers(): void {
    while (this.#working < this.#options.concurrency) {
      const lane = this.#ready.shift()
      if (!lane) return
      void this.#work(lane)
    }
  }

  async #work(lane: Lane): Promise<void> {
    const task = lane.tasks.shift()
    if (task) {
      this.#waiting -= 1
      this.#working += 1
      try {
        await task()
      } finally {
        this.#working -= 1
      }
    }
    if (lane.tasks.length > 0) this.#ready.push(lane)
    else this.#lanes.delete(lane.key)
    this.#wake()
    this.#startWorkers()
  }

  #wake(): void {
    if (this.#waiting < this.#options.capacity) {
      for (const resolve of this.#roomWaiters.splice(0)) resolve()
    }
    if (this.size === 0) {
      for (const resolve of this.#idleWaiters.splice(0)) resolve()
    }
  }
}
