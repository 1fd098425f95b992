import type { KnownParty } from '@pluggram/storage'

/** Somebody who wants to talk; for a group, `by` is who wrote there. */
export interface Visitor extends Pick<KnownParty, 'id' | 'name' | 'username'> {
  readonly by?: Pick<KnownParty, 'id' | 'name' | 'username'>
}

/** Tells owners who wants to talk, without flooding them. */
export interface Doorbell {
  ring(visitor: Visitor): void
  /** @param listener gets `undefined` when several more want to talk */
  onRing(listener: (visitor: Visitor | undefined) => void): void
}

/** So many visitors are announced one by one within an hour; then all others in one message. */
export const MAX_ANNOUNCED = 5
const HOUR_MS = 60 * 60 * 1_000

/** @param now milliseconds on a steady clock; injected by tests */
export function createDoorbell(now: () => number = () => performance.now()): Doorbell {
  const listeners = new Set<(visitor: Visitor | undefined) => void>()
  let announced: number[] = []
  let groupedAt = -Infinity

  function tell(visitor: Visitor | undefined): void {
    for (const listener of listeners) listener(visitor)
  }

  return {
    ring(visitor) {
      announced = announced.filter((at) => at > now() - HOUR_MS)
      if (announced.length < MAX_ANNOUNCED) {
        announced.push(now())
        tell(visitor)
      } else if (groupedAt <= now() - HOUR_MS) {
        groupedAt = now()
        tell(undefined)
      }
    },
    onRing: (listener) => void listeners.add(listener),
  }
}
