/**
 * The time zones that people set for themselves, and for groups, with one bot. They are read for
 * every message, so an implementation loads everything at the start and answers from memory. A
 * write takes effect when it survives a power loss.
 */
export interface TimeZoneStore {
  /** The zone of a user, or of a group, whose id is negative. */
  of(id: number): string | undefined
  /** `undefined` removes the zone. */
  set(id: number, zone: string | undefined): Promise<void>
  /** A group became a supergroup: moves its zone to the new id, effective at once. */
  move(from: number, to: number): Promise<void>
}
