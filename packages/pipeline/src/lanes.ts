/** Identifies a lane. A number is cheaper than its text. */
export type LaneKey = number | string

/** The place among the lanes that work at the same time, which a task holds. */
export interface Place {
  /** Urgent lanes have places of their own. */
  readonly isUrgent: boolean
  /** Gives the place to another lane: from here on the task only waits. The lane keeps its order. */
  release(): void
}

/** A task must not throw; what it throws is only reported. */
type Task = (place: Place) => Promise<void>

/**
 * Called once when a task waits behind one that gave its place away. True: the task must not wait,
 * and moves to an urgent lane of the same key.
 */
export type HeldUp = () => boolean

interface Waiting {
  readonly task: Task
  readonly heldUp: HeldUp | undefined
  readonly id: number | undefined
}

/** What a task waits behind. */
export interface Ahead {
  /** The last task before it. */
  readonly id: number | undefined
  /** How many tasks and numbers are before it, the running one included. */
  readonly count: number
}

interface Lane extends Place {
  readonly key: LaneKey
  /** 0 for the ordinary lane of a key, from 1 on for its urgent ones. */
  readonly level: number
  readonly tasks: Waiting[]
  /** Numbers that wait behind the tasks; `takeUp` does their work. */
  readonly left: NumberQueue
  /** Ready or working. */
  isBusy: boolean
  isRunning: boolean
  /** The task that runs gave its place away. */
  isHeld: boolean
  /** Its task counts as work. */
  hasPlace: boolean
  /** The id of the last task that came. */
  lastId: number | undefined
}

/** Lanes that share places. */
interface Pool {
  readonly ready: Lane[]
  working: number
}

export interface LanesOptions {
  /** How many lanes work at the same time; for urgent lanes the same once more. */
  readonly concurrency: number
  /** How many tasks may wait before `whenRoomy` makes its callers wait. */
  readonly capacity: number
  /**
   * How many numbers may wait. Default four times `capacity`: a number takes far less memory than a
   * task.
   */
  readonly leftCapacity?: number
  /** Does the work that a number stands for. Required when `leave` is used. */
  readonly takeUp?: (number: number, place: Place) => Promise<void>
  /** Called with what a task threw; the lane goes on. */
  readonly onError: (error: unknown) => void
}

/** A lane with this many tasks is long. */
const LONG = 50
/** How many urgent tasks of a key may only wait before the next one waits behind them. */
const URGENT_LANES = 4

/**
 * One queue per chat: the tasks of a lane run one after another, lanes run in parallel.
 *
 *   idle ──push──▶ ready ──a place is free──▶ working ──task done──▶ ready (more tasks) | idle (none)
 *                                                └─release──▶ waiting ──task done──┘
 *
 * A task that only waits, for a model for example, releases its place. So no number of chats that
 * wait holds up another chat. Urgent lanes never wait for a place that an ordinary one holds.
 *
 * What waits behind such a task is told that it is held up, and may move to the first urgent lane of
 * the key; what is held up there moves to the next. So a command is answered while a model writes.
 *
 * After each task a lane with more goes to the end of the ready list. So a flooding chat delays
 * others by at most one task per worker. Beyond its first tasks a long lane holds only numbers, to
 * save memory; their updates wait on disk.
 */
export class Lanes {
  readonly #options: LanesOptions
  readonly #lanes = new SparingMap<LaneKey, Lane>(({ isBusy }) => !isBusy)
  readonly #ordinary: Pool = { ready: [], working: 0 }
  readonly #urgent: Pool = { ready: [], working: 0 }
  /** Tasks that have started, with a place or without. */
  #started = 0
  #waiting = 0
  #left = 0
  #roomWaiters: (() => void)[] = []
  #idleWaiters: (() => void)[] = []

  constructor(options: LanesOptions) {
    this.#options = options
  }

  /** Tasks and numbers that wait or run. */
  get size(): number {
    return this.#waiting + this.#left + this.#started
  }

  get isFull(): boolean {
    const { capacity, leftCapacity = capacity * 4 } = this.#options
    return this.#waiting >= capacity || this.#left >= leftCapacity
  }

  /** True when further work should be added with `leave`. */
  isLong(key: LaneKey): boolean {
    const lane = this.#lanes.get(key)
    return lane !== undefined && (lane.tasks.length >= LONG || lane.left.size > 0)
  }

  /** Appends a number to a long lane. */
  leave(key: LaneKey, number: number): void {
    const lane = this.#lanes.get(key)
    if (!lane) throw new RangeError(`There is no lane ${key}; only a long one has something left.`)
    this.#left += 1
    lane.left.push(number)
    lane.lastId = number
  }

  /** What a task of that key would wait behind; `undefined` when its lane is idle. */
  ahead(key: LaneKey): Ahead | undefined {
    const lane = this.#lanes.get(key)
    if (!lane?.isBusy) return undefined
    return { id: lane.lastId, count: lane.tasks.length + lane.left.size + (lane.isRunning ? 1 : 0) }
  }

  /**
   * Appends a task to a lane that is not long, or to an urgent lane of that key.
   * @param options `id` names the task in `ahead`
   */
  push(
    key: LaneKey,
    task: Task,
    { isUrgent = false, heldUp, id }: { isUrgent?: boolean; heldUp?: HeldUp; id?: number } = {},
  ): void {
    this.#waiting += 1
    this.#append(this.#laneOf(key, isUrgent ? 1 : 0), { task, heldUp, id })
  }

  #append(lane: Lane, waiting: Waiting): void {
    if (lane.isHeld && this.#movesOn(lane, waiting)) return
    lane.tasks.push(waiting)
    lane.lastId = waiting.id
    if (lane.isBusy) return
    lane.isBusy = true
    const pool = this.#poolOf(lane)
    pool.ready.push(lane)
    this.#startWorkers(pool)
  }

  /** Resolves when there is room for another task. */
  async whenRoomy(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve))
    }
  }

  async whenIdle(): Promise<void> {
    while (this.size > 0) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
    }
  }

  /** Drops everything that has not started. Returns how many tasks and numbers that were. */
  clear(): number {
    const dropped = this.#waiting + this.#left
    this.#ordinary.ready.length = 0
    this.#urgent.ready.length = 0
    for (const lane of this.#lanes.values()) {
      lane.tasks.length = 0
      lane.left.clear()
    }
    this.#waiting = 0
    this.#left = 0
    this.#wake()
    return dropped
  }

  /** Whether a task that is held up in a lane moved to another one. */
  #movesOn({ key, level }: Lane, waiting: Waiting): boolean {
    const isMoving = level === 0 ? waiting.heldUp?.() === true : level < URGENT_LANES
    if (isMoving) this.#append(this.#laneOf(key, level + 1), waiting)
    return isMoving
  }

  #hold(lane: Lane): void {
    if (lane.isHeld) return
    lane.isHeld = true
    if (lane.tasks.length > 0)
      lane.tasks.push(...lane.tasks.splice(0).filter((waiting) => !this.#movesOn(lane, waiting)))
  }

  #laneOf(key: LaneKey, level: number): Lane {
    return this.#lanes.get(level === 0 ? key : `${key}!${level}`) ?? this.#open(key, level)
  }

  #open(key: LaneKey, level: number): Lane {
    const lane: Lane = {
      key,
      level,
      tasks: [],
      left: new NumberQueue(),
      isBusy: false,
      isRunning: false,
      isHeld: false,
      isUrgent: level > 0,
      hasPlace: false,
      lastId: undefined,
      release: () => {
        this.#leave(lane)
        this.#hold(lane)
        this.#startWorkers(this.#poolOf(lane))
      },
    }
    this.#lanes.set(level === 0 ? key : `${key}!${level}`, lane)
    return lane
  }

  #poolOf({ isUrgent }: Lane): Pool {
    return isUrgent ? this.#urgent : this.#ordinary
  }

  #leave(lane: Lane): void {
    if (!lane.hasPlace) return
    lane.hasPlace = false
    this.#poolOf(lane).working -= 1
  }

  #startWorkers(pool: Pool): void {
    while (pool.working < this.#options.concurrency) {
      const lane = pool.ready.shift()
      if (!lane) return
      void this.#work(lane, pool)
    }
  }

  async #work(lane: Lane, pool: Pool): Promise<void> {
    const task = this.#next(lane)
    if (task) {
      this.#started += 1
      pool.working += 1
      lane.hasPlace = true
      lane.isRunning = true
      try {
        await task(lane)
      } catch (error) {
        this.#options.onError(error)
      } finally {
        this.#started -= 1
        this.#leave(lane)
        lane.isRunning = false
        lane.isHeld = false
      }
    }
    if (lane.tasks.length > 0 || lane.left.size > 0) pool.ready.push(lane)
    else lane.isBusy = false
    this.#wake()
    this.#startWorkers(pool)
  }

  #next({ tasks, left }: Lane): Task | undefined {
    const waiting = tasks.shift()
    if (waiting) {
      this.#waiting -= 1
      return waiting.task
    }
    const number = left.shift()
    if (number === undefined) return undefined
    this.#left -= 1
    return (place) => this.#options.takeUp?.(number, place) ?? Promise.resolve()
  }

  #wake(): void {
    if (!this.isFull) {
      for (const resolve of this.#roomWaiters.splice(0)) resolve()
    }
    if (this.size === 0) {
      for (const resolve of this.#idleWaiters.splice(0)) resolve()
    }
  }
}

/**
 * Consumed numbers are removed in batches of this size, because each removal moves the rest of the
 * array.
 */
const CUT = 1_024

/** A queue of numbers: eight bytes each. */
class NumberQueue {
  #numbers: number[] = []
  #from = 0

  get size(): number {
    return this.#numbers.length - this.#from
  }

  push(number: number): void {
    this.#numbers.push(number)
  }

  /** The oldest; `undefined` when there is none. */
  shift(): number | undefined {
    const number = this.#numbers[this.#from]
    if (number === undefined) return undefined
    this.#from += 1
    if (this.#from === this.#numbers.length) this.clear()
    else if (this.#from >= CUT && this.#from * 2 >= this.#numbers.length) {
      this.#numbers = this.#numbers.slice(this.#from)
      this.#from = 0
    }
    return number
  }

  clear(): void {
    this.#numbers = []
    this.#from = 0
  }
}

/** Up to this many entries, idle ones are kept, because many of those chats soon write again. */
const KEPT = 1_000

/**
 * A map of chats that are mostly idle. Idle entries are kept until there are many, then removed all
 * at once. Adding and removing an entry for every message would reallocate the table again and
 * again, which burdens the garbage collector (see `UnorderedList`).
 */
export class SparingMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #isIdle: (value: Value) => boolean
  #limit = KEPT

  constructor(isIdle: (value: Value) => boolean) {
    this.#isIdle = isIdle
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    if (this.#entries.size >= this.#limit) this.#forgetIdle()
    this.#entries.set(key, value)
  }

  values(): Iterable<Value> {
    return this.#entries.values()
  }

  #forgetIdle(): void {
    for (const [key, value] of this.#entries) if (this.#isIdle(value)) this.#entries.delete(key)
    this.#limit = Math.max(KEPT, this.#entries.size * 2)
  }
}
