import type { Awaitable } from '../awaitable.ts'

/**
 * What happens to slots that passed while nobody could run them: none is run, only the latest, or
 * each of them.
 */
export type MissedPolicy = 'skip' | 'once' | 'all'

/** One run of a schedule. */
export interface ScheduledRun {
  /** The schedule's name. */
  readonly name: string
  /** The same for the same slot, different for every other: no slot is run twice. */
  readonly slot: string
  /** When it was due, without jitter. */
  readonly scheduledFor: Date
  /** True when it comes late because it was missed. */
  readonly isCatchUp: boolean
  /** What was given as `data`. */
  readonly data?: unknown
  /** Aborted at the deadline, and when the plugin stops. */
  readonly signal: AbortSignal
}

export type ScheduleHandler = (run: ScheduledRun) => Awaitable<unknown>

export interface ScheduleOptions {
  /**
   * With a name the schedule is durable: its slots are kept on disk, and what was missed while the
   * assistant was off is treated as `missed` says. The plugin registers it again at every start.
   * Without one it is gone with the plugin.
   */
  readonly name?: string
  /** Default `skip`; `once` for `at`. A slot counts as missed when it is over a minute late. */
  readonly missed?: MissedPolicy
  /** Each slot is delayed by a part of that, the same part on every instance. Default 0. */
  readonly jitterSeconds?: number
  /** Then the run's signal is aborted. Default 60, at most 600. */
  readonly timeoutSeconds?: number
  /** Comes back with every run. JSON, at most 16 KiB. */
  readonly data?: unknown
}

export interface CronOptions extends ScheduleOptions {
  /** IANA name, for example `Europe/Berlin`. Default: the server's zone. */
  readonly timeZone?: string
}

/** A schedule as it stands now. */
export interface ScheduleInfo {
  readonly name: string
  /** For example `every 60 s`, `0 9 * * 1-5 (Europe/Berlin)`, `at 2027-01-01T09:00:00.000Z`. */
  readonly when: string
  /** The next slot; none when it is paused or over. */
  readonly next?: Date
  /** The slot that ran last. */
  readonly last?: Date
  readonly isPaused: boolean
  readonly isDurable: boolean
  readonly data?: unknown
}

/**
 * Work at certain times. Needs `permissions: { schedule: true }`. A slot runs at most once, also
 * when several assistants share the data; runs of one schedule do not overlap.
 *
 * A handler is a function, or the name of one of the manifest's `schedules`, whose `execute` then
 * runs even when the plugin was not running. Options stand before the handler or behind it.
 */
export interface SchedulerService {
  /**
   * Runs again and again, for the first time after one interval.
   * @example
   * await services.scheduler.every({ seconds: 60 }, async ({ signal }) => { … })
   * @returns the schedule's name
   * @throws ScheduleError when the interval is under a second or over a year
   */
  every(
    interval: { readonly seconds: number } & ScheduleOptions,
    handler: ScheduleHandler | string,
    options?: ScheduleOptions,
  ): Promise<string>
  /**
   * Runs at the times of a cron expression with five fields (or six, seconds first).
   * @example
   * await services.scheduler.cron('0 9 * * 1-5', { timeZone: 'Europe/Berlin', name: 'morning' }, handler)
   * @throws ScheduleError when the expression or the time zone cannot be read
   */
  cron(expression: string, options: CronOptions, handler: ScheduleHandler | string): Promise<string>
  cron(expression: string, handler: ScheduleHandler | string, options?: CronOptions): Promise<string>
  /**
   * Runs once; a date in the past is due at once.
   * @example
   * await services.scheduler.at(new Date(Date.now() + 60_000), { name: 'tea', data: { chat: 1 } }, 'deliver')
   */
  at(date: Date, options: ScheduleOptions, handler: ScheduleHandler | string): Promise<string>
  at(date: Date, handler: ScheduleHandler | string, options?: ScheduleOptions): Promise<string>
  /** This plugin's schedules, the next one first. */
  list(): Promise<readonly ScheduleInfo[]>
  /** Ends a schedule for good. False when there is none of that name. */
  cancel(name: string): Promise<boolean>
  /** Leaves slots out until `resume`; what passes meanwhile is not caught up. */
  pause(name: string): Promise<boolean>
  resume(name: string): Promise<boolean>
  /** Runs it now, besides its slots. */
  runNow(name: string): Promise<boolean>
}
