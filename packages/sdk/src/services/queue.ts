import type { Awaitable } from '../awaitable.ts'

export interface QueueOptions {
  /** Jobs that run at once, 1 to 100. Default 1. */
  readonly concurrency?: number
  /** Jobs that may wait, up to 10,000. Default 100. */
  readonly maxWaiting?: number
  /**
   * After that long a job's signal is aborted and its promise rejects. Default 60, at most 3,600.
   */
  readonly timeoutSeconds?: number
}

/**
 * Jobs one after another, or a few at a time, in order. They live in memory: a restart forgets
 * them.
 */
export interface Queue {
  /**
   * Runs a job when it is its turn.
   * @param job its signal is aborted at the time-out and when the plugin stops
   * @throws LimitError `queue-full` at once when too many wait already: tell the user, or wait with
   * `whenRoomy`
   */
  add<T>(job: (signal: AbortSignal) => Awaitable<T>): Promise<T>
  /** Resolves when one more may wait. */
  whenRoomy(): Promise<void>
  /** Resolves when nothing runs and nothing waits. */
  whenIdle(): Promise<void>
  readonly waiting: number
  readonly running: number
}

/** Makes queues; they end with the plugin, and jobs that wait then are rejected. */
export interface QueueService {
  /**
   * The queue of that name; asking again gives the same one. At most 20.
   * @throws LimitError `queue-full` when there are too many queues, or an option is out of bounds
   */
  create(name: string, options?: QueueOptions): Queue
}
