import { ScheduleError } from '@pluggram/sdk'
import type { ScheduleTimes } from '@pluggram/sdk/runtime'
import { Cron } from 'croner'

const MAX_SECONDS = 366 * 86_400
/** The maximum number of missed slots to catch up on. */
const MAX_SLOTS = 1_000

/** The slots of one schedule. All times are milliseconds since 1970. */
export interface Slots {
  /** The first slot after `time`; `undefined` when there is none. */
  after(time: number): number | undefined
  /** The slots from `first`, itself a slot, to `last`, inclusive; at most the latest 1,000. */
  between(first: number, last: number): number[]
}

/**
 * @param anchor the start of an interval
 * @throws ScheduleError when the schedule is impossible
 */
export function slotsOf(times: ScheduleTimes, anchor: number): Slots {
  switch (times.kind) {
    case 'every':
      return intervalSlots(times.seconds, anchor)
    case 'cron':
      return cronSlots(times.expression, times.timeZone)
    case 'at':
      return singleSlot(times.date)
  }
}

function intervalSlots(seconds: number, anchor: number): Slots {
  if (!Number.isFinite(seconds) || seconds < 1 || seconds > MAX_SECONDS) {
    throw new ScheduleError(`An interval has 1 to ${MAX_SECONDS} seconds, not ${seconds}.`)
  }
  const step = Math.round(seconds * 1_000)
  return {
    after: (time) => anchor + (Math.floor((time - anchor) / step) + 1) * step,
    between(first, last) {
      const count = Math.min(MAX_SLOTS, Math.floor((last - first) / step) + 1)
      const latest = first + Math.floor((last - first) / step) * step
      return Array.from({ length: Math.max(0, count) }, (_, index) => latest - (count - 1 - index) * step)
    },
  }
}

function cronSlots(expression: string, timeZone: string | undefined): Slots {
  const cron = parseCron(expression, timeZone)
  const after = (time: number): number | undefined => cron.nextRun(new Date(time))?.getTime()
  return {
    after,
    between(first, last) {
      // read only the end, in case an expression for every second was missed for a year
      for (const hours of [1, 24, 24 * 60, 24 * 366]) {
        const from = Math.max(first, after(last - hours * 3_600_000) ?? first)
        const slots = walk(from, last, after)
        if (slots.length >= MAX_SLOTS || from === first) return slots.slice(-MAX_SLOTS)
      }
      return walk(first, last, after).slice(-MAX_SLOTS)
    },
  }
}

function walk(first: number, last: number, after: Slots['after']): number[] {
  const slots: number[] = []
  for (let slot: number | undefined = first; slot !== undefined && slot <= last; slot = after(slot)) {
    slots.push(slot)
  }
  return slots
}

function parseCron(expression: string, timeZone: string | undefined): Cron {
  try {
    const cron = new Cron(expression, { paused: true, ...(timeZone !== undefined && { timezone: timeZone }) })
    // croner validates the time zone only when it computes a time
    cron.nextRun()
    return cron
  } catch (error) {
    const isZone = timeZone !== undefined && !isTimeZone(timeZone)
    throw new ScheduleError(
      isZone
        ? `There is no time zone "${timeZone}". Use a name such as Europe/Berlin.`
        : `"${expression}" is not a valid cron expression: ${error instanceof Error ? error.message : 'unreadable'}`,
    )
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function singleSlot(date: Date): Slots {
  const time = date.getTime()
  if (Number.isNaN(time)) throw new ScheduleError('The date of a schedule is not a valid date.')
  return {
    after: (after) => (time > after ? time : undefined),
    between: (first, last) => (first <= time && time <= last ? [time] : []),
  }
}

/** Describes the times, for lists. */
export function describeTimes(times: ScheduleTimes): string {
  switch (times.kind) {
    case 'every':
      return `every ${times.seconds} s`
    case 'cron':
      return times.timeZone === undefined ? times.expression : `${times.expression} (${times.timeZone})`
    case 'at':
      return `at ${times.date.toISOString()}`
  }
}
