import { startQuietTimer } from '@pluggram/base'

/** A clock; tests have their own. */
export interface SchedulerClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `work` once after that long, unless the returned function is called first. */
  after(milliseconds: number, work: () => void): () => void
}

export const SYSTEM_CLOCK: SchedulerClock = { now: () => Date.now(), after: startQuietTimer }
