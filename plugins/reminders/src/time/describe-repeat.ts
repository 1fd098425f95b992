import { describeMoment } from '@pluggram/plugin-kit'
import { languageOf } from './rewrite.ts'
import type { Repeat, RepeatRule } from './repeat.ts'
import { REPEATS } from './repeat-texts.ts'
import { say } from '../texts.ts'

const NTH = ['', 'first', 'second', 'third', 'fourth', 'fifth']
/** 4 January 1970 was a Sunday. */
const SUNDAY = Date.UTC(1970, 0, 4)
const DAY_MS = 86_400_000
const CLOCK_UNITS = { days: 'day', weeks: 'week', months: 'month', weekday: 'month', years: 'year' } as const

/** `every weekday at 09:00`, `every month on the last day at 18:00`, in the languages of the texts. */
export function describeRepeat({ zone, rule, until }: Repeat, language = 'en'): string {
  const tag = tagOf(language)
  const often =
    rule.unit === 'minutes'
      ? everyMinutes(rule.every, tag)
      : say(REPEATS.at, tag, {
          days: daysInWords(rule, tag),
          time: `${String(rule.hour).padStart(2, '0')}:${String(rule.minute).padStart(2, '0')}`,
        })
  if (until === undefined) return often
  return say(REPEATS.until, tag, { often, end: describeMoment(zone, new Date(until), tag) })
}

/** The language of the texts; one without texts is English. */
function tagOf(language: string): string {
  const own = languageOf(language)
  return own !== 'en' && own in REPEATS.every ? own : 'en-GB'
}

function everyMinutes(minutes: number, tag: string): string {
  if (minutes === 60) return say(REPEATS.hourly, tag)
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute']
  return say(REPEATS.everyFeminine, tag, { amount: amountOf(count, unit, tag) })
}

function daysInWords(rule: Exclude<RepeatRule, { unit: 'minutes' }>, tag: string): string {
  const { every, unit } = rule
  const some = unit === 'weeks' ? REPEATS.everyFeminine : REPEATS.every
  const apart = say(some, tag, { amount: amountOf(every, CLOCK_UNITS[unit], tag) })
  switch (unit) {
    case 'days':
      return every === 1 ? say(REPEATS.daily, tag) : apart
    case 'weeks': {
      const set = rule.days.toSorted((one, other) => one - other).join()
      const isWhole = set === '1,2,3,4,5' || set === '0,6'
      if (every === 1 && isWhole) return say(set === '0,6' ? REPEATS.weekends : REPEATS.weekdays, tag)
      const days = new Intl.ListFormat(tag).format(rule.days.map((day) => weekdayOf(day, tag)))
      return every === 1
        ? say(REPEATS.weekly, tag, { days })
        : say(REPEATS.onWeekdays, tag, { weeks: apart, days })
    }
    case 'months':
    case 'weekday': {
      const months = every === 1 ? say(REPEATS.monthly, tag) : apart
      if (unit === 'months')
        return say(rule.day === 31 ? REPEATS.onLastDay : REPEATS.onDay, tag, {
          months,
          day: String(rule.day),
        })
      const nth = languageOf(tag) === 'en' ? (NTH[rule.nth] ?? '') : String(rule.nth)
      return say(rule.nth === -1 ? REPEATS.onLast : REPEATS.onNth, tag, {
        months,
        day: weekdayOf(rule.day, tag),
        nth,
      })
    }
    case 'years': {
      const date = new Date(Date.UTC(2024, rule.month - 1, rule.day))
      const format = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', timeZone: 'UTC' })
      const years = every === 1 ? say(REPEATS.yearly, tag) : apart
      return say(REPEATS.onDate, tag, { years, date: format.format(date) })
    }
  }
}

function amountOf(count: number, unit: string, tag: string): string {
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}

function weekdayOf(day: number, tag: string): string {
  const format = new Intl.DateTimeFormat(tag, { weekday: 'long', timeZone: 'UTC' })
  return format.format(new Date(SUNDAY + day * DAY_MS))
}

/** `10 min`, `2 h`, `1 d`; elsewhere as people write it there. */
export function describeMinutes(minutes: number, language = 'en'): string {
  const [count, unit, short] =
    minutes % 1_440 === 0
      ? ([minutes / 1_440, 'day', 'd'] as const)
      : minutes % 60 === 0
        ? ([minutes / 60, 'hour', 'h'] as const)
        : ([minutes, 'minute', 'min'] as const)
  const tag = tagOf(language)
  if (languageOf(tag) === 'en') return `${count} ${short}`
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short' }).format(count)
}
