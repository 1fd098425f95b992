import type { Awaitable } from '../awaitable.ts'

export interface QueueOptions {
  /** Number of concurrent jobs, 1 to 100. Default 1. */
  readonly concurrency?: number
  /** Maximum number of waiting jobs, up to 10,000. Default 100. */
  readonly maxWaiting?: number
  /**
   * After this time a job's signal is aborted and its promise rejects. Default 60, at most 3,600.
   */
  readonly timeoutSeconds?: number
}

/** Runs jobs in order, one or a few at a time. Jobs are kept in memory and lost on a restart. */
export interface Queue {
  /**
   * Queues a job and resolves with its result.
   * @param job its signal is aborted at the timeout and when the plugin stops
   * @throws LimitError `queue-full` immediately when too many jobs are waiting; tell the user, or
   * wait with `whenRoomy`
   */
  add<T>(job: (signal: AbortSignal) => Awaitable<T>): Promise<T>
  /** Resolves when there is room for another job. */
  whenRoomy(): Promise<void>
  /** Resolves when no job is running or waiting. */
  whenIdle(): Promise<void>
  readonly waiting: number
  readonly running: number
}

/** Creates queues. When the plugin stops, its queues end and waiting jobs are rejected. */
export interface QueueService {
  /**
   * Creates a queue, or returns the existing one of that name. At most 20 queues.
   * @throws LimitError `queue-full` when there are too many queues, or an option is out of range
   */
  create(name: string, options?: QueueOptions): Queue
}
