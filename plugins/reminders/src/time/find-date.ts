import type { Component, ParsedResult } from 'chrono-node'
import { datesIn, englishDates } from './date-parsers.ts'
import type { DateParser } from './date-parsers.ts'
import { offsetMinutes } from './time-zone.ts'
import type { WallTime } from './time-zone.ts'

/** A date or time in a text. */
export interface FoundDate {
  /** The text that it was found in. */
  readonly source: string
  readonly index: number
  readonly text: string
  /** A moment, such as in an hour, or with a time zone. */
  readonly isExact: boolean
  readonly exact: Date
  readonly wall: WallTime
  readonly hasHour: boolean
  readonly hasDay: boolean
  /** An hour from 1 to 6 without morning or evening, which people say of both. */
  readonly isEither: boolean
  /** The day is named by its day of the week alone. */
  readonly isWeekday: boolean
}

export interface FindOptions {
  readonly now: Date
  readonly zone: string
  readonly defaultHour: number
  readonly language?: string | undefined
  /** The text before it was rewritten, for the parser of its language. */
  readonly original?: string | undefined
}

/**
 * How much of the start and the end of a text is searched for a date. The work grows with its third
 * power.
 */
const WINDOW = 160
/** Parts of a day that a date may name in place of a time. */
const PARTS: readonly (readonly [RegExp, number | 'default'])[] = [
  [/\bnight\b|tonight|nacht|nuit|noche|noite|notte|ночь|夜|晩|晚|الليل|malam/i, 21],
  [/evening|abend|soir|stasera|\bsera|вечер|مساء/i, 19],
  [/afternoon|nachmittag|après-midi|tarde|pomeriggio|дн[её]м|下午|午後|بعد الظهر|siang|\bsore/i, 15],
  [/\bnoon|midday|mittag|midi\b|mezzogiorno|meio-dia|mediod[ií]a|полдень|中午|正午|الظهر/i, 12],
  [
    /morning|vormittag|früh|matin|mañana por la mañana|esta mañana|mattina|manhã|утр|早上|今朝|朝|صباح|pagi/i,
    'default',
  ],
]

/** A time after these words says which thing is meant. */
const BELONGS = /\b(?:the|my|our|your|his|her|their|an?)\s+$/i

/** The first date near the start of a text, else the first one near its end. */
export function findDate(text: string, options: FindOptions): FoundDate | undefined {
  const head = text.length <= WINDOW ? text : text.slice(0, WINDOW).replace(/ \S*$/, '')
  const found = parseDate(head, options)
  if (found || head === text)
    return found && { ...found, source: found.source === head ? text : found.source }
  const tail = text.slice(-WINDOW).replace(/^\S* /, '')
  const late = parseDate(tail, { ...options, original: undefined })
  return late && { ...late, source: text, index: late.index + text.length - tail.length }
}

/** Whether a date names a part of the day, such as tonight. */
export function hasPartOfDay(text: string): boolean {
  return PARTS.some(([pattern]) => pattern.test(text))
}

function parseDate(text: string, options: FindOptions): FoundDate | undefined {
  const { now, zone, language, original } = options
  const reference = { instant: now, timezone: offsetMinutes(zone, now) }
  const own = datesIn(language)
  const first = (parser: DateParser, source: string): FoundDate | undefined => {
    const results = parser.parse(source, reference, { forwardDate: true }).filter(isUsable)
    // “about the 3 pm meeting at 2:30 pm”
    const usable = results.find(({ index }) => !BELONGS.test(source.slice(0, index))) ?? results[0]
    return usable && describe(usable, source, options)
  }
  // what was rewritten is English; else the parser of the language knows more of its dates
  const short = original === undefined ? undefined : original.slice(0, WINDOW)
  const candidates = [
    ...(own && short !== undefined ? [first(own, short)] : []),
    first(englishDates(), text),
    ...(own ? [first(own, text)] : []),
  ].filter((found) => found !== undefined)
  return candidates.toSorted((one, other) => certainty(other) - certainty(one))[0]
}

function certainty({ isExact, hasHour, hasDay }: FoundDate): number {
  return (isExact ? 4 : 0) + (hasHour ? 1 : 0) + (hasDay ? 2 : 0)
}

/** “March to the store” names no date, nor does “second”. */
function isUsable({ start, text }: ParsedResult): boolean {
  // “a day pass”, “twice a day”
  if (/^an? (?:minute|hour|day|week|month|year)$/i.test(text)) return false
  const isDay = start.isCertain('day') || start.isCertain('weekday')
  return (
    isDay || start.isCertain('hour') || hasPartOfDay(text) || /\s|week|month|[^\p{ASCII}]/iu.test(text.trim())
  )
}

function describe(
  { start, text, index }: ParsedResult,
  source: string,
  { defaultHour }: FindOptions,
): FoundDate {
  const get = (part: Component): number => start.get(part) ?? 0
  const hasHour = start.isCertain('hour')
  const part = PARTS.find(([pattern]) => pattern.test(text))?.[1]
  const hour = part === undefined || part === 'default' ? defaultHour : part
  return {
    source,
    index,
    text,
    isExact: start.isCertain('timezoneOffset'),
    exact: start.date(),
    wall: {
      year: get('year'),
      month: get('month'),
      day: get('day'),
      hour: hasHour ? get('hour') : hour,
      minute: hasHour ? get('minute') : 0,
    },
    hasHour,
    isEither:
      hasHour && get('hour') >= 1 && get('hour') <= 6 && !start.isCertain('meridiem') && !/\b0\d/.test(text),
    hasDay: start.isCertain('day') || start.isCertain('weekday') || start.isCertain('month'),
    isWeekday: start.isCertain('weekday') && !start.isCertain('day'),
  }
}
