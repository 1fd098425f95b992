import { TimeLimitError, withinMilliseconds } from '@pluggram/plugin-kit'
import { findDate, hasPartOfDay } from './time/find-date.ts'
import type { FoundDate } from './time/find-date.ts'
import { findRepeat } from './time/find-repeat.ts'
import type { Cadence, FoundRepeat } from './time/find-repeat.ts'
import { nextTime } from './time/repeat.ts'
import type { Repeat, RepeatRule } from './time/repeat.ts'
import { TIME_WORDS } from './time/languages.ts'
import { languageOf, restore, rewrite, withoutAsking } from './time/rewrite.ts'
import { momentOf, wallTimeOf } from './time/time-zone.ts'

/** When something is due. */
export interface Due {
  readonly due: Date
  readonly repeat?: Repeat | undefined
  /** The time of day had passed, so it is tomorrow. */
  readonly isTomorrow: boolean
  /** A time of day without a date. */
  readonly isTimeOnly: boolean
}

/** What to remind of, and when; either may be missing. */
export interface ReadReminder {
  /** Empty when only a time was said. */
  readonly what: string
  readonly when: Due | undefined
}

/** What is wrong with a text; `texts.ts` has the words for people. */
export type ReminderProblem =
  | 'nothing'
  | 'no_time'
  | 'too_long'
  | 'odd_time'
  | 'passed'
  | 'too_far'
  | 'too_often'
  | 'over'
  | 'too_many'

/** A text that gives no reminder. */
export class ReminderError extends Error {
  readonly problem: ReminderProblem
  readonly said: string

  constructor(problem: ReminderProblem, said = '') {
    super(`${problem} ${said}`.trim())
    this.problem = problem
    this.said = said
  }
}

export interface ParseOptions {
  readonly now: Date
  readonly zone: string
  /** The hour for a date without a time. */
  readonly defaultHour: number
  /** IETF tag of the user's language. */
  readonly language?: string | undefined
}

const MAX_CHARACTERS = 1_000
/** chrono's regular expressions practically never finish on some texts. */
const LIMIT_MS = 1_000
const MAX_YEARS = 5
const DAY_MS = 86_400_000
const MIN_MINUTES = 5
/** After a date: something that looks like its time and was not parsed as one. */
const ODD_TIME = /(?:^|\s|,)(?:at|um|à|às|a las|alle|в|jam|@)?\s*(\d{1,2}[:.]\d{2})(?![\d.])/i
/** More often than once a day, at times that nobody said. */
const SEVERAL =
  /\b(?:twice|thrice|(?:two|three|four|\d+) times)(?: a| per| every| each)? (?:day|week|month|year)\b/i
const UNTIL = /\s*,?\s*\b(?:until|till|til|through|up to|bis|hasta|até|jusqu['’]au?|fino a)\s+(.{2,60})$/i
const FOR_LONG =
  /\s*,?\s*\bfor (?:the next )?(\d{1,3}|a|one|two|three|four|five|six) (day|week|month|year)s?\b/i

/**
 * Reads `tomorrow at 9 to water the plants`, `in 20 minutes tea`, `every weekday at 9 stand-up`.
 * @throws ReminderError
 */
export function readReminder(input: string, options: ParseOptions): ReadReminder {
  const text = withoutAsking(squeeze(input))
  if (text === '') throw new ReminderError('nothing')
  if (text.length > MAX_CHARACTERS) throw new ReminderError('too_long', String(MAX_CHARACTERS))
  const { rest, when } = read(text, options)
  return { what: tidy(rest, options), when }
}

/**
 * Reads a time alone, as a model gives it, or as an answer to a question.
 * @throws ReminderError
 */
export function parseWhen(input: string, options: ParseOptions): Due {
  const { when } = read(squeeze(input.slice(0, MAX_CHARACTERS)), options)
  if (!when) throw new ReminderError('no_time', input.slice(0, 60))
  return when
}

/** Whether a text is a time and nothing else. */
export function isOnlyTime(input: string, options: ParseOptions): boolean {
  try {
    const { rest, when } = read(squeeze(input), options)
    return when !== undefined && tidy(rest, options) === ''
  } catch (error) {
    // a time that cannot be used is one, too
    return error instanceof ReminderError
  }
}

function read(
  text: string,
  options: ParseOptions,
): { readonly rest: string; readonly when: Due | undefined } {
  try {
    return withinMilliseconds(LIMIT_MS, () => readAtLeisure(text, options))
  } catch (error) {
    if (error instanceof TimeLimitError) return { rest: text, when: undefined }
    throw error
  }
}

function readAtLeisure(
  text: string,
  options: ParseOptions,
): { readonly rest: string; readonly when: Due | undefined } {
  const { now, zone, language } = options
  const rewritten = rewrite(text, language, now, zone)
  const clean = squeeze(rewritten.text)
  const several = SEVERAL.exec(clean)?.[0]
  if (several !== undefined) throw new ReminderError('odd_time', several)
  const repeated = findRepeat(clean)
  if (repeated) {
    const { rest, when } = readRepeat(repeated, options)
    return { rest: restore(rest, rewritten), when }
  }
  const found = findDate(clean, { ...options, original: rewritten.own })
  if (!found) {
    const odd = ODD_TIME.exec(clean)?.[1]
    // “9:75” is a time that went wrong; a ratio or a verse in the middle of a text is not
    if (odd !== undefined && clean.indexOf(odd) < 12) throw new ReminderError('odd_time', odd)
    return { rest: text, when: undefined }
  }
  const [before, after] = [
    found.source.slice(0, found.index),
    found.source.slice(found.index + found.text.length),
  ]
  const odd = found.hasHour ? undefined : ODD_TIME.exec(after.slice(0, 16))?.[1]
  if (odd !== undefined) throw new ReminderError('odd_time', odd)
  const when = once(found, options)
  const rest = `${before.replace(/\b(?:by|until|before)\s*$/i, '')} ${after}`
  return { rest: restore(rest, rewritten), when }
}

/** `undefined` for “today”, when the usual hour has passed. */
function once(found: FoundDate, options: ParseOptions): Due | undefined {
  const { now, zone } = options
  const isTimeOnly = found.hasHour && !found.hasDay
  let due = momentFor(found, options)
  if (isTimeOnly && found.isEither) {
    // “at 2” is the next time that a clock shows 2
    const other = new Date(due.getTime() + DAY_MS / 2)
    due = [new Date(due.getTime() - DAY_MS / 2), due, other].find((time) => time > now) ?? due
  }
  if (due <= now && !found.isExact) {
    // “at 9” after 9 is tomorrow; “Monday” on a Monday is a week later
    if (isTimeOnly) due = shifted(due, 1, options)
    else if (found.isWeekday) due = shifted(due, 7, options)
  }
  const [today, day] = [wallTimeOf(zone, now), wallTimeOf(zone, due)]
  const isToday = today.day === day.day && today.month === day.month && today.year === day.year
  if (due <= now && isToday && !found.hasHour && !found.isExact) return undefined
  check(due, now)
  const isTomorrow =
    isTimeOnly && !hasPartOfDay(found.text) && (day.day !== today.day || day.month !== today.month)
  return { due, isTomorrow, isTimeOnly }
}

function check(due: Date, now: Date): void {
  if (due <= now) throw new ReminderError('passed')
  if (due.getTime() > now.getTime() + MAX_YEARS * 366 * DAY_MS)
    throw new ReminderError('too_far', String(MAX_YEARS))
}

/**
 * `tomorrow at 9` is nine o'clock in the user's local time, whatever the offset will be by then.
 */
function momentFor({ isExact, exact, wall }: FoundDate, { zone }: ParseOptions): Date {
  return isExact ? exact : momentOf(zone, wall)
}

function shifted(moment: Date, days: number, { zone }: ParseOptions): Date {
  const { year, month, day, hour, minute } = wallTimeOf(zone, moment)
  const date = new Date(Date.UTC(year, month - 1, day + days))
  return momentOf(zone, {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour,
    minute,
  })
}

function readRepeat(
  repeated: FoundRepeat,
  options: ParseOptions,
): { readonly rest: string; readonly when: Due } {
  const { now, zone, defaultHour } = options
  const { cadence } = repeated
  if (cadence.unit === 'minutes' && cadence.every < MIN_MINUTES) {
    throw new ReminderError('too_often', String(MIN_MINUTES))
  }
  let rest = squeeze(repeated.rest)
  const until = untilOf(rest, options)
  if (until) rest = until.rest
  // numbers of the text are no times: “every day take 2 pills”
  const found = findDate(rest, options)
  if (found) rest = squeeze(`${rest.slice(0, found.index)} ${rest.slice(found.index + found.text.length)}`)
  else {
    const odd = ODD_TIME.exec(rest.slice(0, 16))?.[1]
    if (odd !== undefined) throw new ReminderError('odd_time', odd)
  }
  const first = found && (found.isExact ? found.exact : momentOf(zone, found.wall))
  const start = found?.hasDay && first && first > now ? first : now
  const { hour, minute } =
    found?.hasHour || hasPartOfDay(found?.text ?? '')
      ? (found?.wall ?? { hour: defaultHour, minute: 0 })
      : { hour: repeated.hour ?? defaultHour, minute: 0 }
  const rule = ruleFor(cadence, { hour, minute }, wallTimeOf(zone, start), start, zone)
  const from =
    rule.unit === 'minutes' ? start.getTime() + (start === now ? rule.every * 60_000 : 0) : start.getTime()
  const open = { zone, rule, from }
  const due = nextTime(
    { ...open, rule: isOnNamedDay(cadence) ? { ...rule, every: 1 } : rule },
    new Date(Math.max(now.getTime(), start.getTime() - 1)),
  )
  if (!due) throw new ReminderError('over')
  // “every 2 weeks” counts from the first time, not from the day it was asked for
  const repeat = { ...open, from: due.getTime(), ...(until && { until: until.at }) }
  if (until && due.getTime() > until.at) throw new ReminderError('over')
  check(due, now)
  return { rest, when: { due, repeat, isTomorrow: false, isTimeOnly: false } }
}

/** The first time is on the next such day, whatever week or month it is in. */
function isOnNamedDay(cadence: Cadence): boolean {
  return (
    cadence.unit === 'weekday' ||
    ('days' in cadence && cadence.days !== undefined) ||
    ('day' in cadence && cadence.day !== undefined)
  )
}

function ruleFor(
  cadence: Cadence,
  at: { readonly hour: number; readonly minute: number },
  today: { readonly month: number; readonly day: number },
  start: Date,
  zone: string,
): RepeatRule {
  const { hour, minute } = at
  switch (cadence.unit) {
    case 'minutes':
      return { unit: 'minutes', every: cadence.every }
    case 'days':
      return { unit: 'days', every: cadence.every, hour, minute }
    case 'weeks': {
      const { year, month, day } = wallTimeOf(zone, start)
      const days = cadence.days ?? [new Date(Date.UTC(year, month - 1, day)).getUTCDay()]
      return { unit: 'weeks', every: cadence.every, days: [...days], hour, minute }
    }
    case 'months':
      return { unit: 'months', every: cadence.every, day: cadence.day ?? today.day, hour, minute }
    case 'weekday':
      return { ...cadence, hour, minute }
    case 'years':
      return {
        unit: 'years',
        every: cadence.every,
        month: cadence.month ?? today.month,
        day: cadence.day ?? today.day,
        hour,
        minute,
      }
  }
}

/** The end of a repeat, and the text without it. A day counts to its end. */
function untilOf(
  text: string,
  options: ParseOptions,
): { readonly at: number; readonly rest: string } | undefined {
  const long = FOR_LONG.exec(text)
  if (long) {
    const [all, count = '', unit = ''] = long
    const number = ['', 'one', 'two', 'three', 'four', 'five', 'six'].indexOf(count.toLowerCase())
    const amount = number > 0 ? number : Number(count) || 1
    const days = { day: 1, week: 7, month: 30, year: 365 }[unit.toLowerCase()] ?? 1
    return { at: options.now.getTime() + amount * days * DAY_MS, rest: text.replace(all, '') }
  }
  const match = UNTIL.exec(text)
  const found = match?.[1] === undefined ? undefined : findDate(match[1], options)
  if (!match || !found || found.index > 4) return undefined
  const { wall } = found
  const end = found.hasHour ? wall : { ...wall, hour: 23, minute: 59 }
  const after = match[1]?.slice(found.index + found.text.length) ?? ''
  return { at: momentOf(options.zone, end).getTime(), rest: `${text.slice(0, match.index)} ${after}` }
}

/** Runs of blanks slow chrono down most, and mean nothing. */
function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** The text without the words that joined it and the date. */
function tidy(text: string, { language }: ParseOptions): string {
  const { link = '(?!)', isJoined = false } = TIME_WORDS[languageOf(language)] ?? {}
  const own = new RegExp(isJoined ? `^(?:${link})` : `^(?:${link})(?:\\s+|(?<=['’]))`, 'iu')
  return squeeze(text)
    .replace(/^[\s,;:、。-]+/u, '')
    .replace(/^(?:to|that|about|of|at|on)\s+/i, '')
    .replace(own, '')
    .replace(/\s+(?:at|on|by|in|to)$/i, '')
    .replace(/[\s,;:、。-]+$/u, '')
    .trim()
}
