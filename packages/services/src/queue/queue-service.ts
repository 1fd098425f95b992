import { unlessAborted } from '@pluggram/base'
import { LimitError } from '@pluggram/sdk'
import type { Queue, QueueOptions, QueueService } from '@pluggram/sdk'

/** Creates the queues of one plugin. */
export interface DisposableQueueService extends QueueService {
  /** Ends all queues: waiting jobs reject, running jobs are aborted. */
  close(): void
}

const MAX_QUEUES = 20
const MAX_WAITING = 10_000
const MAX_CONCURRENCY = 100
const MAX_TIMEOUT_SECONDS = 3_600

export function createQueueService(): DisposableQueueService {
  const queues = new Map<string, BoundedQueue>()
  let isClosed = false
  return {
    create(name, options = {}) {
      const known = queues.get(name)
      if (known) return known
      if (isClosed) throw stopped()
      if (queues.size >= MAX_QUEUES) {
        throw new LimitError('queue-full', `A plugin has at most ${MAX_QUEUES} queues.`, {
          isRetryable: false,
        })
      }
      const queue = new BoundedQueue(name, checkOptions(name, options))
      queues.set(name, queue)
      return queue
    },
    close() {
      isClosed = true
      for (const queue of queues.values()) queue.close()
    },
  }
}

interface Job {
  run(): Promise<void>
  refuse(error: Error): void
}

/** A bounded first-in-first-out queue. */
class BoundedQueue implements Queue {
  readonly #name: string
  readonly #options: Required<QueueOptions>
  readonly #jobs: Job[] = []
  readonly #stop = new AbortController()
  #running = 0
  #roomWaiters: (() => void)[] = []
  #idleWaiters: (() => void)[] = []

  constructor(name: string, options: Required<QueueOptions>) {
    this.#name = name
    this.#options = options
  }

  get waiting(): number {
    return this.#jobs.length
  }

  get running(): number {
    return this.#running
  }

  async add<T>(job: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.#stop.signal.aborted) throw stopped()
    if (this.#isFull()) {
      throw new LimitError('queue-full', `${this.#jobs.length} jobs wait in the queue ${this.#name} already.`)
    }
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({
        run: () => this.#run(job).then(resolve, reject),
        refuse: reject,
      })
      this.#next()
    })
  }

  async whenRoomy(): Promise<void> {
    while (this.#isFull() && !this.#stop.signal.aborted) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve))
    }
  }

  async whenIdle(): Promise<void> {
    while (this.#running + this.#jobs.length > 0) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
    }
  }

  close(): void {
    this.#stop.abort(stopped())
    for (const { refuse } of this.#jobs.splice(0)) refuse(stopped())
    this.#wake()
  }

  #isFull(): boolean {
    const { maxWaiting, concurrency } = this.#options
    return this.#jobs.length >= maxWaiting && this.#running >= concurrency
  }

  #next(): void {
    while (this.#running < this.#options.concurrency) {
      const job = this.#jobs.shift()
      if (!job) break
      this.#running += 1
      void job.run().finally(() => {
        this.#running -= 1
        this.#next()
        this.#wake()
      })
    }
  }

  #wake(): void {
    for (const resolve of this.#roomWaiters.splice(0)) resolve()
    if (this.#running + this.#jobs.length === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }

  async #run<T>(job: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { timeoutSeconds } = this.#options
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, this.#stop.signal])
    const timer = setTimeout(() => {
      const words = `A job of the queue ${this.#name} took more than ${timeoutSeconds} s.`
      controller.abort(new LimitError('queue-timeout', words))
    }, timeoutSeconds * 1_000)
    try {
      return await unlessAborted(Promise.resolve(signal).then(job), signal)
    } finally {
      clearTimeout(timer)
    }
  }
}

function checkOptions(name: string, options: QueueOptions): Required<QueueOptions> {
  const { concurrency = 1, maxWaiting = 100, timeoutSeconds = 60 } = options
  const isUsable =
    isWithin(concurrency, 1, MAX_CONCURRENCY) &&
    isWithin(maxWaiting, 0, MAX_WAITING) &&
    timeoutSeconds > 0 &&
    timeoutSeconds <= MAX_TIMEOUT_SECONDS
  if (isUsable) return { concurrency, maxWaiting, timeoutSeconds }
  throw new LimitError(
    'queue-full',
    `Queue ${name}: concurrency is 1 to ${MAX_CONCURRENCY}, maxWaiting 0 to ${MAX_WAITING}, timeoutSeconds at most ${MAX_TIMEOUT_SECONDS}.`,
    { isRetryable: false },
  )
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function stopped(): LimitError {
  return new LimitError('queue-timeout', 'The plugin stopped before the job was done.', {
    isRetryable: false,
  })
}
