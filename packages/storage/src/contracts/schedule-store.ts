import type { MissedPolicy } from '@pluggram/sdk'
import type { ScheduleTimes } from '@pluggram/sdk/runtime'

/**
 * What must not run again when the clock is set back. For cron expressions: the first and last of
 * consecutive taken slots. For intervals: the anchor of each earlier one, twice.
 */
export type UsedSlots = readonly (readonly [first: number, last: number])[]

/** A stored schedule. Times are milliseconds since 1970. */
export interface ScheduleRecord {
  readonly plugin: string
  readonly name: string
  readonly times: ScheduleTimes
  /** The schedule of the manifest that does the work. */
  readonly task?: string | undefined
  /** True when the manifest declares it. */
  readonly isDeclared: boolean
  readonly missed: MissedPolicy
  readonly jitterMs: number
  readonly timeoutMs: number
  /** JSON. */
  readonly data?: string | undefined
  /** The start of an interval. */
  readonly anchor: number
  /** The next slot that is not taken; `undefined` when the schedule is over. */
  readonly nextSlot: number | undefined
  readonly lastSlot: number | undefined
  readonly used: UsedSlots
  readonly isPaused: boolean
}

/** What changes when a slot is taken. */
export type ScheduleProgress = Pick<ScheduleRecord, 'anchor' | 'nextSlot' | 'lastSlot' | 'used'>

/**
 * Stores one bot's schedules. Several assistants may share it. The promise of a write resolves when
 * the write survives a power loss.
 */
export interface ScheduleStore {
  /** All schedules, or those of one plugin. */
  all(plugin?: string): Promise<readonly ScheduleRecord[]>
  /** How many schedules the plugin has; cheap, however many there are. */
  count(plugin: string): Promise<number>
  find(plugin: string, name: string): Promise<ScheduleRecord | undefined>
  /**
   * Replaces a record with the result of `change`, atomically. `undefined` stands for no record,
   * before and after. `change` must be synchronous, and may be called again after a failure.
   * @returns the record as it is now
   */
  update(
    plugin: string,
    name: string,
    change: (before: ScheduleRecord | undefined) => ScheduleRecord | undefined,
  ): Promise<ScheduleRecord | undefined>
  /**
   * Advances a schedule if its next slot is still that of `record` and it is not paused. Only one
   * caller gets true for a slot, and that one runs it.
   */
  advance(record: ScheduleRecord, progress: ScheduleProgress): Promise<boolean>
  /** Changes whenever another process may have changed a schedule. */
  version(): Promise<number>
  /** Resolves when all writes are complete. */
  close(): Promise<void>
}
