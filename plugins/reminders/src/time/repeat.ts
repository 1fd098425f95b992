import { z } from '@pluggram/sdk'
import { momentOf, wallTimeOf } from './time-zone.ts'

const common = {
  /** Every so many of its unit. */
  every: z.int().min(1).max(1_000),
  hour: z.int().min(0).max(23),
  minute: z.int().min(0).max(59),
}

/** When something repeats, on the clocks of a zone. */
export const repeatSchema = z.object({
  zone: z.string(),
  rule: z.discriminatedUnion('unit', [
    /** A fixed time apart, whatever the clocks do. */
    z.object({ unit: z.literal('minutes'), every: z.int().min(1).max(100_000) }),
    z.object({ unit: z.literal('days'), ...common }),
    /** 0 is Sunday. */
    z.object({ unit: z.literal('weeks'), ...common, days: z.array(z.int().min(0).max(6)).min(1).max(7) }),
    /** A month that is too short has it on its last day. */
    z.object({ unit: z.literal('months'), ...common, day: z.int().min(1).max(31) }),
    /** The first, second, … or last such day of the week; -1 is the last. */
    z.object({
      unit: z.literal('weekday'),
      ...common,
      day: z.int().min(0).max(6),
      nth: z.int().min(-1).max(5),
    }),
    z.object({
      unit: z.literal('years'),
      ...common,
      month: z.int().min(1).max(12),
      day: z.int().min(1).max(31),
    }),
  ]),
  /** Milliseconds since 1970 of a moment from which `every` counts. */
  from: z.number(),
  until: z.number().optional(),
})

export type Repeat = z.infer<typeof repeatSchema>
export type RepeatRule = Repeat['rule']

const DAY_MS = 86_400_000
const MAX_DAYS = 366 * 6

/** The first time after a moment; `undefined` when it is over. */
export function nextTime({ zone, rule, from, until }: Repeat, after: Date): Date | undefined {
  const next =
    rule.unit === 'minutes' ? nextInterval(rule.every, from, after) : nextOnClock(zone, rule, from, after)
  return next && until !== undefined && next.getTime() > until ? undefined : next
}

function nextInterval(minutes: number, from: number, after: Date): Date {
  const step = minutes * 60_000
  const passed = Math.floor((after.getTime() - from) / step) + 1
  return new Date(from + Math.max(0, passed) * step)
}

type ClockRule = Exclude<RepeatRule, { unit: 'minutes' }>

function nextOnClock(zone: string, rule: ClockRule, from: number, after: Date): Date | undefined {
  const start = dayNumber(zone, new Date(Math.max(after.getTime(), from - 1)))
  const anchor = dayNumber(zone, new Date(from))
  for (let day = start; day < start + MAX_DAYS; day++) {
    if (!fits(rule, day, anchor)) continue
    const date = new Date(day * DAY_MS)
    const moment = momentOf(zone, {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: rule.hour,
      minute: rule.minute,
    })
    if (moment > after && moment.getTime() >= from) return moment
  }
  return undefined
}

/** Days since 1970 of the date that a zone's calendar shows. */
function dayNumber(zone: string, moment: Date): number {
  const { year, month, day } = wallTimeOf(zone, moment)
  return Date.UTC(year, month - 1, day) / DAY_MS
}

function fits(rule: ClockRule, day: number, anchor: number): boolean {
  const date = new Date(day * DAY_MS)
  const first = new Date(anchor * DAY_MS)
  const months =
    (date.getUTCFullYear() - first.getUTCFullYear()) * 12 + date.getUTCMonth() - first.getUTCMonth()
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  switch (rule.unit) {
    case 'days':
      return (day - anchor) % rule.every === 0
    case 'weeks':
      return rule.days.includes(date.getUTCDay()) && (weekNumber(day) - weekNumber(anchor)) % rule.every === 0
    case 'months':
      return months % rule.every === 0 && date.getUTCDate() === Math.min(rule.day, length)
    case 'weekday': {
      const nth =
        rule.nth === -1 ? date.getUTCDate() > length - 7 : Math.ceil(date.getUTCDate() / 7) === rule.nth
      return nth && date.getUTCDay() === rule.day && months % rule.every === 0
    }
    case 'years':
      return (
        date.getUTCMonth() + 1 === rule.month &&
        date.getUTCDate() === Math.min(rule.day, length) &&
        (date.getUTCFullYear() - first.getUTCFullYear()) % rule.every === 0
      )
  }
}

/** Weeks begin on Monday; 1 January 1970 was a Thursday. */
function weekNumber(day: number): number {
  return Math.floor((day + 3) / 7)
}
