import { createHash } from 'node:crypto'
import type { ScheduleProgress, ScheduleRecord } from './schedule-record.ts'
import { slotsOf } from './schedule-times.ts'

/** A slot is missed when it is later than that. */
const LATE_MS = 60_000
/** A clock that was so far ahead was wrong, and what ran then counts no more. */
const WRONG_CLOCK_MS = 2 * 86_400_000

/** What to do with a schedule at one moment. */
export type SlotPlan =
  | { readonly kind: 'wait'; /** Milliseconds since 1970. */ readonly until: number }
  | { readonly kind: 'over' }
  | {
      readonly kind: 'advance'
      readonly progress: ScheduleProgress
      /** The slot to run once the progress is on disk; none: what passed is left out. */
      readonly slot?: number
      readonly isCatchUp: boolean
    }

/**
 * Decides about the next slot of a schedule. A clock that is set forward makes slots missed, which the policy deals with.
 * A clock that is set back leaves the next slot where it is, so that none runs twice; an interval, whose slots are no
 * times of the day, begins anew instead of being silent until then.
 */
export function planSlot(record: ScheduleRecord, now: number): SlotPlan {
  const { nextSlot, lastSlot, times } = record
  if (nextSlot === undefined) return { kind: 'over' }
  if (times.kind === 'every' && nextSlot - now > times.seconds * 1_000 + 1_000) return beginAnew(record, now)
  if (times.kind === 'cron' && lastSlot !== undefined && lastSlot - now > WRONG_CLOCK_MS) {
    const next = slotsOf(times, record.anchor).after(now)
    return advance({ anchor: record.anchor, nextSlot: next, lastSlot: undefined })
  }
  const due = nextSlot + jitterOf(record, nextSlot)
  return due > now ? { kind: 'wait', until: due } : takeSlot(record, nextSlot, now)
}

function takeSlot(record: ScheduleRecord, nextSlot: number, now: number): SlotPlan {
  const { times, anchor, missed } = record
  const slots = slotsOf(times, anchor)
  const passed = slots.between(nextSlot, now).filter((slot) => slot + jitterOf(record, slot) <= now)
  const latest = passed.at(-1) ?? nextSlot
  const slot = missed === 'all' ? (passed[0] ?? nextSlot) : latest
  const isMissed = now - slot - jitterOf(record, slot) > LATE_MS
  const isLeftOut = missed === 'skip' && isMissed
  const lastSlot = isLeftOut ? record.lastSlot : slot
  const progress = { anchor, lastSlot, nextSlot: slots.after(slot) }
  return advance(progress, isLeftOut ? undefined : slot, isMissed)
}

function beginAnew({ times, anchor, lastSlot }: ScheduleRecord, now: number): SlotPlan {
  const step = times.kind === 'every' ? times.seconds * 1_000 : 1_000
  // never the very milliseconds of slots that were used up
  const fresh = (now - anchor) % step === 0 ? now + 1 : now
  return advance({ anchor: fresh, nextSlot: fresh + step, lastSlot })
}

function advance(progress: ScheduleProgress, slot?: number, isCatchUp = false): SlotPlan {
  return { kind: 'advance', progress, isCatchUp, ...(slot !== undefined && { slot }) }
}

/** A slot's delay: the same on every instance and after every restart. */
function jitterOf({ plugin, name, jitterMs }: ScheduleRecord, slot: number): number {
  if (jitterMs === 0) return 0
  const digest = createHash('sha256').update(`${plugin}\n${name}\n${slot}`).digest()
  return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * jitterMs)
}
