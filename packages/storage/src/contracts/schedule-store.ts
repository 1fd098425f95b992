import type { MissedPolicy } from '@pluggram/sdk'
import type { ScheduleTimes } from '@pluggram/sdk/runtime'

/**
 * What must not run again when the clock is set back. Of cron expressions: the first and last of consecutive slots that were
 * taken. Of intervals: where earlier ones began, twice.
 */
export type UsedSlots = readonly (readonly [first: number, last: number])[]

/** A schedule as it is kept. Times are milliseconds since 1970. */
export interface ScheduleRecord {
  readonly plugin: string
  readonly name: string
  readonly times: ScheduleTimes
  /** The manifest's schedule that does the work. */
  readonly task?: string | undefined
  /** True when it stands in the manifest itself. */
  readonly isDeclared: boolean
  readonly missed: MissedPolicy
  readonly jitterMs: number
  readonly timeoutMs: number
  /** JSON. */
  readonly data?: string | undefined
  /** Where an interval began. */
  readonly anchor: number
  /** The next slot that nobody took yet; `undefined` when the schedule is over. */
  readonly nextSlot: number | undefined
  readonly lastSlot: number | undefined
  readonly used: UsedSlots
  readonly isPaused: boolean
}

/** What changes when a slot is taken. */
export type ScheduleProgress = Pick<ScheduleRecord, 'anchor' | 'nextSlot' | 'lastSlot' | 'used'>

/**
 * Where one bot's schedules are kept. Several assistants may share it. A promise of a write resolves when the write survives
 * a power loss.
 */
export interface ScheduleStore {
  all(): Promise<readonly ScheduleRecord[]>
  find(plugin: string, name: string): Promise<ScheduleRecord | undefined>
  /**
   * Replaces a record by what `change` makes of it. `undefined` stands for no record, before and after. Nobody else writes
   * in between. `change` must be synchronous, and may be called again after a failure.
   * @returns what is there now
   */
  update(
    plugin: string,
    name: string,
    change: (before: ScheduleRecord | undefined) => ScheduleRecord | undefined,
  ): Promise<ScheduleRecord | undefined>
  /**
   * Moves a schedule on, if its next slot is still the one of `record` and it is not paused. Whoever gets true may run the
   * slot, and nobody else does.
   */
  advance(record: ScheduleRecord, progress: ScheduleProgress): Promise<boolean>
  /** Differs from the last answer whenever somebody else may have changed a schedule. */
  version(): Promise<number>
  /** Resolves when all that was asked for is written. */
  close(): Promise<void>
}
