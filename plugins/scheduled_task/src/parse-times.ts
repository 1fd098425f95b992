import { TEXTS } from './texts.ts'

/** When a job runs, in the form that the scheduler understands. */
export type Times =
  | { readonly kind: 'every'; readonly seconds: number }
  | { readonly kind: 'cron'; readonly expression: string }

/** Parsed times, and the text after them. */
export interface ParsedTimes {
  readonly times: Times
  /** The times as written by the user. */
  readonly words: string
  readonly rest: string
}

/** A message for a user about times that could not be parsed. */
export class TimesError extends Error {}

const DAYS: Readonly<Record<string, string>> = {
  day: '*',
  weekday: '1-5',
  weekend: '0,6',
  sunday: '0',
  monday: '1',
  tuesday: '2',
  wednesday: '3',
  thursday: '4',
  friday: '5',
  saturday: '6',
}
const UNITS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400, week: 604_800 }
const DAY_WORD = Object.keys(DAYS).join('|')
/** `day` alone is followed by a time of day; with a number it is an interval. */
const INTERVAL =
  /^(?:(?<count>\d{1,4})\s+(?<unit>minute|hour|day|week)|(?<single>minute|hour|week))s?(?=\s|$)/i
const CRON =
  /^cron:\s*(?<expression>(?:[\d*/,-]+|[A-Za-z]{3}(?:-[A-Za-z]{3})?)(?:\s+(?:[\d*/,#L?-]+|[A-Za-z]{3}(?:-[A-Za-z]{3})?)){4})(?=\s|$)/
const WEEKLY = new RegExp(
  `^(?<days>(?:${DAY_WORD})s?(?:(?:\\s*,\\s*|\\s+and\\s+)(?:${DAY_WORD})s?)*)\\s+(?:at\\s+)?(?<hour>\\d{1,2})(?::(?<minute>\\d{2}))?\\s*(?<half>am|pm)?(?=\\s|$)`,
  'i',
)
const MIN_MINUTES = 1
const MAX_HOURS = 24 * 31
const EXAMPLES = 'For example: weekday 9:00, monday and friday 17:30, 2 hours, cron: 0 9 1 * *'

/**
 * Parses the times at the start of a text: `weekday 9:00 Stand-up!`.
 * @throws TimesError
 */
export function parseTimes(input: string): ParsedTimes {
  const text = input.trim().replace(/^every\s+/i, '')
  const found = readCron(text) ?? readInterval(text) ?? readWeekly(text)
  if (!found) throw new TimesError(TEXTS.whenShouldSend(EXAMPLES))
  return { times: found.times, words: found.words.trim(), rest: text.slice(found.words.length).trim() }
}

interface Found {
  readonly times: Times
  readonly words: string
}

function readCron(text: string): Found | undefined {
  const match = CRON.exec(text)
  const expression = match?.groups?.['expression']
  return match && expression !== undefined
    ? { times: { kind: 'cron', expression }, words: match[0] }
    : undefined
}

function readInterval(text: string): Found | undefined {
  const match = INTERVAL.exec(text)
  if (!match?.groups) return undefined
  const { count = '1', unit, single } = match.groups
  const seconds = Number(count) * (UNITS[(unit ?? single ?? '').toLowerCase()] ?? 0)
  if (seconds < MIN_MINUTES * 60 || seconds > MAX_HOURS * 3_600) {
    throw new TimesError(TEXTS.intervalMustBetweenMinute(MAX_HOURS / 24))
  }
  return { times: { kind: 'every', seconds }, words: match[0] }
}

function readWeekly(text: string): Found | undefined {
  const match = WEEKLY.exec(text)
  if (!match?.groups) return undefined
  const { days = '', hour = '', minute = '0', half } = match.groups
  const hours = toHours(Number(hour), half?.toLowerCase())
  if (hours > 23 || Number(minute) > 59) throw new TimesError(TEXTS.notTimeOfDay(hour, minute))
  const names = days.toLowerCase().match(new RegExp(`${DAY_WORD}`, 'g')) ?? []
  const numbers = names.map((name) => DAYS[name] ?? '*')
  const list = numbers.includes('*') ? '*' : numbers.join(',')
  return { times: { kind: 'cron', expression: `${Number(minute)} ${hours} * * ${list}` }, words: match[0] }
}

function toHours(hour: number, half: string | undefined): number {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) throw new TimesError(TEXTS.notTimeOfHalfDay(hour, half))
  return (hour % 12) + (half === 'pm' ? 12 : 0)
}
