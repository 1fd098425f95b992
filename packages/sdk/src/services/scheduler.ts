import type { Awaitable } from '../awaitable.ts'

/**
 * What happens to slots missed while the assistant was off: none of them runs, only the latest, or
 * all.
 */
export type MissedPolicy = 'skip' | 'once' | 'all'

/** One run of a schedule. */
export interface ScheduledRun {
  /** The schedule's name. */
  readonly name: string
  /** Identifies the slot. Unique per slot, so that no slot runs twice. */
  readonly slot: string
  /** The due time, without jitter. */
  readonly scheduledFor: Date
  /** True when it runs late because the slot was missed. */
  readonly isCatchUp: boolean
  /** The `data` of the schedule's options. */
  readonly data?: unknown
  /** Aborted at the deadline, and when the plugin stops. */
  readonly signal: AbortSignal
}

export type ScheduleHandler = (run: ScheduledRun) => Awaitable<unknown>

export interface ScheduleOptions {
  /**
   * A named schedule is durable: its slots are stored on disk, and `missed` decides about slots
   * missed while the assistant was off. The plugin registers it again at every start. A schedule
   * without a name ends with the plugin.
   */
  readonly name?: string
  /**
   * Default `skip`; `once` for `at`. A slot counts as missed once it is more than a minute late.
   */
  readonly missed?: MissedPolicy
  /** Delays each slot by up to this long; every instance uses the same delay. Default 0. */
  readonly jitterSeconds?: number
  /** After this time the run's signal is aborted. Default 60, at most 600. */
  readonly timeoutSeconds?: number
  /** Passed to every run. JSON, at most 16 KiB. */
  readonly data?: unknown
}

export interface CronOptions extends ScheduleOptions {
  /** IANA name, for example `Europe/Berlin`. Default: the server's zone. */
  readonly timeZone?: string
}

/** The current state of a schedule. */
export interface ScheduleInfo {
  readonly name: string
  /** For example `every 60 s`, `0 9 * * 1-5 (Europe/Berlin)`, `at 2027-01-01T09:00:00.000Z`. */
  readonly when: string
  /** The next slot; absent when the schedule is paused or finished. */
  readonly next?: Date
  /** The last slot that ran. */
  readonly last?: Date
  readonly isPaused: boolean
  readonly isDurable: boolean
  readonly data?: unknown
}

/**
 * Runs work at given times. Needs `permissions: { schedule: true }`. A slot runs at most once, even
 * when several assistants share the data. Runs of one schedule do not overlap.
 *
 * A handler is a function, or the name of one of the manifest's `schedules`. The `execute` of a
 * named schedule runs even if the plugin was not running. Options may come before or after the
 * handler.
 */
export interface SchedulerService {
  /**
   * Runs repeatedly; the first run is after one interval.
   * @example
   * await services.scheduler.every({ seconds: 60 }, async ({ signal }) => { … })
   * @returns the schedule's name
   * @throws ScheduleError when the interval is shorter than a second or longer than a year
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
   * @throws ScheduleError when the expression or the time zone is invalid
   */
  cron(expression: string, options: CronOptions, handler: ScheduleHandler | string): Promise<string>
  cron(expression: string, handler: ScheduleHandler | string, options?: CronOptions): Promise<string>
  /**
   * Runs once; a date in the past is due immediately.
   * @example
   * await services.scheduler.at(new Date(Date.now() + 60_000), { name: 'tea', data: { chat: 1 } }, 'deliver')
   */
  at(date: Date, options: ScheduleOptions, handler: ScheduleHandler | string): Promise<string>
  at(date: Date, handler: ScheduleHandler | string, options?: ScheduleOptions): Promise<string>
  /** This plugin's schedules, the one due next first. */
  list(): Promise<readonly ScheduleInfo[]>
  /** Removes a schedule. False when there is none of that name. */
  cancel(name: string): Promise<boolean>
  /** Skips slots until `resume`; skipped slots are not caught up. */
  pause(name: string): Promise<boolean>
  resume(name: string): Promise<boolean>
  /** Runs it now, in addition to its slots. */
  runNow(name: string): Promise<boolean>
}
