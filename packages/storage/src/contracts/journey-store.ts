/** Why a journey is kept beyond the last ones. */
export type KeptReason = 'failed' | 'slowest' | 'dearest'

/** The journey that one plugin is remembered for on one day: a failed, the slowest or the dearest one. */
export interface KeptJourney {
  /** In UTC, such as `2026-11-30`. */
  readonly day: string
  /** Empty when no plugin answered. */
  readonly plugin: string
  readonly reason: KeptReason
  /** What is compared: milliseconds, money or tokens. */
  readonly value: number
  readonly updateId: number
  readonly chatId: number
  readonly userId: number
  /** JSON. */
  readonly journey: string
}

/** The journeys of one bot that are kept for some days. There are few. */
export interface JourneyStore {
  /** Latest day first. */
  all(): Promise<readonly KeptJourney[]>
  /** Keeps journeys, each instead of what its day, plugin and reason had. Survives a crash, not a power loss. */
  keep(journeys: readonly KeptJourney[]): Promise<void>
  /** Deletes the journeys of days before this one. */
  forgetBefore(day: string): Promise<void>
  /** Deletes the journeys of a user's messages. */
  forget(userId: number): Promise<void>
  /** A group became a supergroup with a new id. */
  move(from: number, to: number): Promise<void>
}
