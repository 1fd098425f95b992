import { TimeLimitError, withinMilliseconds } from '@pluggram/plugin-kit'
import * as chrono from 'chrono-node'
import { momentOf, offsetMinutes } from './time-zone.ts'

/** What to remind of, and when. */
export interface ParsedReminder {
  readonly what: string
  readonly due: Date
}

/** A message for a user about a reminder that could not be parsed. */
export class ReminderError extends Error {}

export interface ParseOptions {
  readonly now: Date
  readonly zone: string
  /** The hour for a date without a time. */
  readonly defaultHour: number
  /** IETF tag of the user's language. */
  readonly language?: string | undefined
}

const MAX_CHARACTERS = 1_000
/**
 * How much of the start and the end of a text is searched for a date. The work grows with its third
 * power.
 */
const WINDOW = 160
/** chrono's regular expressions practically never finish on some texts. */
const LIMIT_MS = 1_000
const MAX_YEARS = 5
const PARSERS: Readonly<Record<string, Pick<chrono.Chrono, 'parse'>>> = {
  de: chrono.de,
  es: chrono.es,
  fr: chrono.fr,
  it: chrono.it,
  ja: chrono.ja,
  nl: chrono.nl,
  pt: chrono.pt,
  ru: chrono.ru,
  sv: chrono.sv,
  uk: chrono.uk,
}
const UNIT =
  '(?:minute|hour|day|weekday|weekend|week|month|year|morning|evening|night|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?'
/** `every day` directly before or after the time, not somewhere in the text of the reminder. */
const AGAIN_BEFORE = new RegExp(
  `\\b(?:every|each)(?:\\s+(?:other|\\d+))?(?:\\s+${UNIT})?\\s*(?:at|on|,)?\\s*$`,
  'i',
)
const AGAIN_AFTER = new RegExp(`^\\s*,?\\s*(?:every|each)\\s+(?:other\\s+|\\d+\\s+)?${UNIT}\\b`, 'i')
/** After a date: something that looks like its time and was not parsed as one. */
const ODD_TIME = /^\s*,?\s*(?:at|um|à|a las|@)?\s*(\d{1,2}[:.]\d{2})(?!\d)/i
const ONCE = "I can't repeat reminders yet. The owner and trusted people can use /every day 9:00 …"
const EXAMPLE = 'For example: /remind tomorrow at 9 to water the plants'

/**
 * Parses `tomorrow at 9 to water the plants`, `in 20 minutes tea`, `call Ann on Friday`.
 * @throws ReminderError
 */
export function parseReminder(input: string, options: ParseOptions): ParsedReminder {
  const text = squeeze(input)
    .replace(/^(?:please )?(?:remind me\b)?/i, '')
    .trim()
  if (text === '') throw new ReminderError(`What should I remind you about, and when? ${EXAMPLE}`)
  if (text.length > MAX_CHARACTERS)
    throw new ReminderError(`That is longer than ${MAX_CHARACTERS} characters.`)
  const found = findDate(text, options)
  if (!found) throw new ReminderError(`When should I remind you? ${EXAMPLE}`)
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found.text.length)]
  if (AGAIN_BEFORE.test(before) || AGAIN_AFTER.test(after)) throw new ReminderError(ONCE)
  const odd = found.start.isCertain('hour') ? undefined : ODD_TIME.exec(after)?.[1]
  if (odd !== undefined) throw new ReminderError(`${odd} is not a time of day.`)
  const due = parseMoment(found, options)
  const what = tidy(`${before} ${after}`)
  if (what === '') throw new ReminderError(`What should I remind you about? ${EXAMPLE}`)
  return { what, due }
}

/**
 * Parses a date alone, as a model gives it.
 * @throws ReminderError
 */
export function parseWhen(input: string, options: ParseOptions): Date {
  const found = findDate(squeeze(input.slice(0, MAX_CHARACTERS)), options)
  if (!found) throw new ReminderError(`“${input.slice(0, 60)}” is not a date or time.`)
  return parseMoment(found, options)
}

interface FoundDate {
  readonly index: number
  readonly text: string
  readonly start: chrono.ParsedComponents
}

/** The first date near the start of a text, else the first one near its end. */
function findDate(text: string, options: ParseOptions): FoundDate | undefined {
  try {
    return withinMilliseconds(LIMIT_MS, () => {
      const head = text.length <= WINDOW ? text : text.slice(0, WINDOW).replace(/ \S*$/, '')
      const found = parseDate(head, options)
      if (found || head === text) return found
      const tail = text.slice(-WINDOW).replace(/^\S* /, '')
      const late = parseDate(tail, options)
      return late && { index: late.index + text.length - tail.length, text: late.text, start: late.start }
    })
  } catch (error) {
    if (error instanceof TimeLimitError) throw new ReminderError(`When should I remind you? ${EXAMPLE}`)
    throw error
  }
}

function parseDate(text: string, { now, zone, language }: ParseOptions): chrono.ParsedResult | undefined {
  const reference = { instant: now, timezone: offsetMinutes(zone, now) }
  const own = PARSERS[(language ?? 'en').slice(0, 2)]
  const parsers = own ? [own, chrono.casual] : [chrono.casual]
  for (const parser of parsers) {
    const [first] = parser.parse(text, reference, { forwardDate: true })
    if (first) return first
  }
  return undefined
}

/** Runs of blanks slow chrono down most, and mean nothing. */
function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/**
 * `tomorrow at 9` is nine o'clock in the user's local time, whatever the offset will be by then.
 */
function parseMoment({ start }: FoundDate, { now, zone, defaultHour }: ParseOptions): Date {
  const isExact = start.isCertain('timezoneOffset')
  const get = (part: chrono.Component): number => start.get(part) ?? 0
  const [hour, minute] = start.isCertain('hour') ? [get('hour'), get('minute')] : [defaultHour, 0]
  const wall = { year: get('year'), month: get('month'), day: get('day'), hour, minute }
  const due = isExact ? start.date() : momentOf(zone, wall)
  if (due.getTime() <= now.getTime()) throw new ReminderError('That time has already passed.')
  if (due.getTime() > now.getTime() + MAX_YEARS * 366 * 86_400_000) {
    throw new ReminderError(`That is more than ${MAX_YEARS} years away.`)
  }
  return due
}

/** The text without the date and without the words that joined both. */
function tidy(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(?:to|that|about|of|:|,|-)\s+/i, '')
    .replace(/\s+(?:at|on|by|in|to)$/i, '')
    .replace(/[\s,:-]+$/, '')
    .trim()
}
