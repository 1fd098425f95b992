import { createHash } from 'node:crypto'
import type { ScheduleProgress, ScheduleRecord, UsedSlots } from '@pluggram/storage/contracts'
import { slotsOf } from './schedule-times.ts'
import type { Slots } from './schedule-times.ts'

/** A slot that starts later than this counts as missed. */
const LATE_MS = 60_000
/**
 * A clock that was this far ahead was wrong. The search for the next slot then starts from now and
 * skips taken ones.
 */
const WRONG_CLOCK_MS = 2 * 86_400_000
/** How many ranges of taken slots are kept. Each clock change starts a new one. */
const MOST_USED = 64

/** What to do with a schedule now. */
export type SlotPlan =
  | { readonly kind: 'wait'; /** Milliseconds since 1970. */ readonly until: number }
  | { readonly kind: 'over' }
  | {
      readonly kind: 'advance'
      readonly progress: ScheduleProgress
      /**
       * The slot to run once the progress is on disk; `undefined` when missed slots are skipped.
       */
      readonly slot?: number
      readonly isCatchUp: boolean
    }

/**
 * Decides about the next slot of a schedule. When the clock is set forward, slots are missed, and
 * the policy applies. When it is set back, the next slot stays the same, so that none runs twice.
 * An interval restarts instead: its slots are not times of day, and it would pause until then.
 */
export function planSlot(record: ScheduleRecord, now: number): SlotPlan {
  const { nextSlot, lastSlot, times } = record
  if (nextSlot === undefined) return { kind: 'over' }
  if (times.kind === 'every' && nextSlot - now > times.seconds * 1_000 + 1_000) return beginAnew(record, now)
  if (times.kind === 'cron' && lastSlot !== undefined && lastSlot - now > WRONG_CLOCK_MS) {
    const { anchor, used } = record
    return advance({
      anchor,
      used,
      nextSlot: nextFree(slotsOf(times, anchor), now, used),
      lastSlot: undefined,
    })
  }
  const due = nextSlot + jitterOf(record, nextSlot)
  return due > now ? { kind: 'wait', until: due } : takeSlot(record, nextSlot, now)
}

function takeSlot(record: ScheduleRecord, nextSlot: number, now: number): SlotPlan {
  const { times, anchor, missed } = record
  const slots = slotsOf(times, anchor)
  const isFree = (slot: number): boolean => times.kind !== 'cron' || !isUsed(slot, record.used)
  const passed = slots
    .between(nextSlot, now)
    .filter((slot) => isFree(slot) && slot + jitterOf(record, slot) <= now)
  const latest = passed.at(-1) ?? nextSlot
  const slot = missed === 'all' ? (passed[0] ?? nextSlot) : latest
  const isMissed = now - slot - jitterOf(record, slot) > LATE_MS
  const isLeftOut = missed === 'skip' && isMissed
  const lastSlot = isLeftOut ? record.lastSlot : slot
  const used = times.kind === 'cron' ? withUsed(slots, record.used, slot) : record.used
  const next = times.kind === 'cron' ? nextFree(slots, slot, used) : slots.after(slot)
  const progress = { anchor, lastSlot, used, nextSlot: next }
  return advance(progress, isLeftOut ? undefined : slot, isMissed)
}

function beginAnew({ times, anchor, lastSlot, used }: ScheduleRecord, now: number): SlotPlan {
  const step = times.kind === 'every' ? times.seconds * 1_000 : 1_000
  const begun = remember([...used, [anchor, anchor]])
  // a new anchor must not produce a slot that was taken before
  let fresh = now
  while (begun.some(([earlier]) => (fresh - earlier) % step === 0)) fresh += 1
  return advance({ anchor: fresh, nextSlot: fresh + step, lastSlot, used: begun })
}

/** The first slot after `time` that is not taken. */
function nextFree(slots: Slots, time: number, used: UsedSlots): number | undefined {
  let slot = slots.after(time)
  for (let row = rowOf(slot, used); row && slot !== undefined; row = rowOf(slot, used))
    slot = slots.after(row[1])
  return slot
}

function isUsed(slot: number, used: UsedSlots): boolean {
  return rowOf(slot, used) !== undefined
}

function rowOf(slot: number | undefined, used: UsedSlots): UsedSlots[number] | undefined {
  return slot === undefined ? undefined : used.find(([first, last]) => first <= slot && slot <= last)
}

/** Adds a taken slot. If it follows the last one, it extends that range. */
function withUsed(slots: Slots, used: UsedSlots, slot: number): UsedSlots {
  const before = used.at(-1)
  return before && slots.after(before[1]) === slot
    ? [...used.slice(0, -1), [before[0], slot]]
    : remember([...used, [slot, slot]])
}

function remember(used: UsedSlots): UsedSlots {
  return used.slice(-MOST_USED)
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
