import { errorMessage, ScheduleError } from '../errors.ts'
import type {
  CronOptions,
  ScheduleHandler,
  ScheduleInfo,
  ScheduleOptions,
  SchedulerService,
} from '../services/scheduler.ts'

/** When a schedule is due, as plain data. */
export type ScheduleTimes =
  | { readonly kind: 'every'; readonly seconds: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone?: string | undefined }
  | { readonly kind: 'at'; readonly date: Date }

/** A schedule to add, as plain data that can cross the process border. */
export interface ScheduleRequest {
  readonly times: ScheduleTimes
  readonly options: ScheduleOptions
  /** The manifest's schedule whose `execute` does the work; absent when a function does it. */
  readonly task?: string | undefined
}

export type ScheduleChange = 'cancel' | 'pause' | 'resume' | 'run-now'

/** Stores and runs the schedules of one plugin. */
export interface SchedulerBackend {
  /** @returns the schedule's name */
  add(request: ScheduleRequest, handler: ScheduleHandler | undefined): Promise<string>
  change(name: string, change: ScheduleChange): Promise<boolean>
  list(): Promise<readonly ScheduleInfo[]>
}

/**
 * The scheduler service on top of a backend, which is local inline and in the host for a plugin
 * process.
 */
export class SchedulerClient implements SchedulerService {
  readonly #backend: SchedulerBackend
  readonly #report: (error: unknown) => void

  /**
   * @param report called when a schedule could not be added, in case the plugin does not await it
   */
  constructor(backend: SchedulerBackend, report: (error: unknown) => void) {
    this.#backend = backend
    this.#report = report
  }

  every(
    interval: { readonly seconds: number } & ScheduleOptions,
    second: ScheduleOptions | ScheduleHandler | string,
    third?: ScheduleOptions | ScheduleHandler | string,
  ): Promise<string> {
    const { seconds, ...given } = interval
    const [options, handler] = split<ScheduleOptions>(second, third)
    return this.#add({ kind: 'every', seconds }, { ...given, ...options }, handler)
  }

  cron(
    expression: string,
    second: CronOptions | ScheduleHandler | string,
    third?: CronOptions | ScheduleHandler | string,
  ): Promise<string> {
    const [options, handler] = split<CronOptions>(second, third)
    const { timeZone, ...rest } = options
    return this.#add({ kind: 'cron', expression, ...(timeZone !== undefined && { timeZone }) }, rest, handler)
  }

  at(
    date: Date,
    second: ScheduleOptions | ScheduleHandler | string,
    third?: ScheduleOptions | ScheduleHandler | string,
  ): Promise<string> {
    const [options, handler] = split<ScheduleOptions>(second, third)
    return this.#add({ kind: 'at', date }, options, handler)
  }

  list(): Promise<readonly ScheduleInfo[]> {
    return this.#backend.list()
  }

  cancel(name: string): Promise<boolean> {
    return this.#backend.change(name, 'cancel')
  }

  pause(name: string): Promise<boolean> {
    return this.#backend.change(name, 'pause')
  }

  resume(name: string): Promise<boolean> {
    return this.#backend.change(name, 'resume')
  }

  runNow(name: string): Promise<boolean> {
    return this.#backend.change(name, 'run-now')
  }

  #add(
    times: ScheduleTimes,
    options: ScheduleOptions,
    handler: ScheduleHandler | string | undefined,
  ): Promise<string> {
    const added = this.#tryAdd(times, options, handler)
    // when nobody awaits the promise, a failure must not crash the program as an unhandled
    // rejection
    added.catch((error: unknown) => this.#report(error))
    return added
  }

  async #tryAdd(
    times: ScheduleTimes,
    options: ScheduleOptions,
    handler: ScheduleHandler | string | undefined,
  ): Promise<string> {
    if (typeof handler === 'string') return this.#backend.add({ times, options, task: handler }, undefined)
    if (typeof handler === 'function') return this.#backend.add({ times, options }, handler)
    throw new ScheduleError('A schedule needs a function, or the name of one in the manifest, to run.')
  }
}

/** Separates options and handler, which can come in either order. */
function split<Options extends ScheduleOptions>(
  ...given: readonly (Options | ScheduleHandler | string | undefined)[]
): [Partial<Options>, ScheduleHandler | string | undefined] {
  const options = given.find((item) => typeof item === 'object')
  const handler = given.find((item) => typeof item === 'function' || typeof item === 'string')
  return [options ?? {}, handler]
}

/** Adds a plugin process's schedule to the scheduler that the host runs for it. */
export function addSchedule(
  scheduler: SchedulerService,
  { times, options, task }: ScheduleRequest,
  handler: ScheduleHandler,
): Promise<string> {
  const work = task ?? handler
  switch (times.kind) {
    case 'every':
      return scheduler.every({ ...options, seconds: times.seconds }, work)
    case 'cron': {
      const { timeZone } = times
      return scheduler.cron(
        times.expression,
        { ...options, ...(timeZone !== undefined && { timeZone }) },
        work,
      )
    }
    case 'at':
      return scheduler.at(times.date, options, work)
  }
}

/** A scheduler whose methods all throw the reason why it cannot be used. */
export function createRefusedScheduler(refuse: () => never): SchedulerService {
  const backend: SchedulerBackend = {
    add: async () => refuse(),
    change: async () => refuse(),
    list: async () => refuse(),
  }
  return new SchedulerClient(backend, (error) => void errorMessage(error))
}
