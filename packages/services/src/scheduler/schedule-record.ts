import type { MissedPolicy } from '@pluggram/sdk'
import type { ScheduleTimes } from '@pluggram/sdk/runtime'

/**
 * What must not run again when the clock is set back. Of cron expressions: the first and last of slots in a row that were
 * taken; of intervals: where earlier ones began, twice.
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
  /** The next slot that nobody took yet; none: it is over. */
  readonly nextSlot: number | undefined
  readonly lastSlot: number | undefined
  readonly used: UsedSlots
  readonly isPaused: boolean
}

/** What moves on when a slot is taken. */
export type ScheduleProgress = Pick<ScheduleRecord, 'anchor' | 'nextSlot' | 'lastSlot' | 'used'>

/** Where schedules are kept. Several assistants may use the same one. */
export interface ScheduleStore {
  all(): readonly ScheduleRecord[]
  find(plugin: string, name: string): ScheduleRecord | undefined
  /** Adds a record, or puts it in place of the one of that name. */
  put(record: ScheduleRecord): void
  /** Does several things so that nobody else does anything in between. */
  atomically<T>(work: () => T): T
  /**
   * Moves a schedule on, if its next slot is still `expected` and it is not paused: whoever gets true may run the slot,
   * and nobody else does.
   */
  advance(record: ScheduleRecord, progress: ScheduleProgress): boolean
  setPaused(plugin: string, name: string, isPaused: boolean, nextSlot: number | undefined): boolean
  remove(plugin: string, name: string): boolean
  /** Changes whenever another process changed something. */
  version(): number
  close(): void
}
