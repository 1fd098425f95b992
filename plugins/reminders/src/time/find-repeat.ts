/** How often something repeats, without its time of day. */
export type Cadence =
  | { readonly unit: 'minutes' | 'days'; readonly every: number }
  | { readonly unit: 'years'; readonly every: number; readonly month?: number; readonly day?: number }
  | { readonly unit: 'weeks'; readonly every: number; readonly days?: readonly number[] }
  | { readonly unit: 'months'; readonly every: number; readonly day?: number }
  | { readonly unit: 'weekday'; readonly every: number; readonly day: number; readonly nth: number }

export interface FoundRepeat {
  readonly cadence: Cadence
  /** The time of day that the words imply, such as “every evening”. */
  readonly hour?: number
  /** The text without the words of the repeat. */
  readonly rest: string
}

const DAY = '(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:days?)?'
const DAY_LIST = `${DAY}(?:(?:,? and |, ?| & |/)${DAY})*`
const NUMBER_WORDS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ')
const ORDINALS: Readonly<Record<string, number>> = {
  first: 1,
  '1st': 1,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
  '4th': 4,
  last: -1,
}
const COUNT = `(?<count>other|second|third|2nd|3rd|4th|\\d{1,4}(?:\\.\\d)?|${NUMBER_WORDS.join('|')})`
const COUNT2 = COUNT.replace('count', 'count2')
const ORDINAL = `(?<nth>${Object.keys(ORDINALS).join('|')})`
const EACH = '(?:every|each)'
const MONTH = `(?:of )?(?:${EACH}|the|a) (?:${COUNT} )?months?`
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH_NAME = `(?:${MONTHS.join('|')})[a-z]*`
/** In this order: the more exact ones first. */
const FORMS: readonly (readonly [string, (groups: Groups) => Cadence | undefined])[] = [
  [
    `(?:on )?(?:the |${EACH} )?last day ${MONTH}|(?:${EACH} (?:${COUNT2} )?months?|monthly) on the last day|month-end|${EACH} month-?end`,
    (groups) => monthly(groups, 31),
  ],
  [
    `(?:on )?(?:the )?first day ${MONTH}|(?:${EACH} (?:${COUNT2} )?months?|monthly) on the first day`,
    (groups) => monthly(groups, 1),
  ],
  [
    `(?:on )?(?:the )?${ORDINAL} (?<names>${DAY}) ${MONTH}|${EACH} ${ORDINAL.replace('nth', 'nth2')} (?<names2>${DAY}) (?:of (?:the|each|every) month)`,
    nthDay,
  ],
  [
    `(?:on )?(?:the )?(?<day>\\d{1,2})(?:st|nd|rd|th)?(?: day)? of ${EACH} (?:${COUNT} )?months?|${EACH} (?<day2>\\d{1,2})(?:st|nd|rd|th) (?:of|day of) the month`,
    (groups) => monthly(groups, Number(groups['day'] ?? groups['day2'])),
  ],
  [
    `(?:${EACH} (?:${COUNT} )?months?|monthly) on (?:the |day )?(?<day>\\d{1,2})(?:st|nd|rd|th)?\\b`,
    (groups) => monthly(groups, Number(groups['day'])),
  ],
  [`${EACH} ?day,? (?:except|but)(?: not)?(?: on)?(?: for)? (?<names>${DAY_LIST})`, allBut],
  [`(?:${EACH} |from )?(?<first>${DAY}) (?:to|through|till|-) (?<last>${DAY})`, range],
  [
    `${EACH} (?:${COUNT} )?weeks? on (?<names>${DAY_LIST})|(?:weekly|fortnightly) on (?<names2>${DAY_LIST})`,
    (groups) => weekly(groups),
  ],
  [
    `${EACH} (?:${COUNT} )?(?<names>${DAY_LIST})|on (?<names2>(?:${DAY}s)(?:(?:,? and |, ?)${DAY}s?)*)`,
    weekly,
  ],
  [
    `${EACH} (?:work(?:ing)? ?|week ?|business )days?|(?:on )?(?:work(?:ing)? ?|week)days`,
    () => ({ unit: 'weeks', every: 1, days: [1, 2, 3, 4, 5] }),
  ],
  [
    `${EACH} (?:year on )?(?:(?<day>\\d{1,2})(?:st|nd|rd|th)? (?:of )?(?<month>${MONTH_NAME})|(?<month2>${MONTH_NAME}) (?<day2>\\d{1,2})(?:st|nd|rd|th)?)`,
    (groups) => yearly(groups),
  ],
  [`${EACH} weekends?|(?:on )?weekends`, () => ({ unit: 'weeks', every: 1, days: [0, 6] })],
  [`${EACH} fortnight|fortnightly|bi-?weekly`, () => ({ unit: 'weeks', every: 2 })],
  [`${EACH} (?:${COUNT} ?)?(?<unit>min(?:ute)?|h(?:ou)?r?|day|week|month|year)s?`, interval],
  [
    'once (?:a|per|every) (?<once>day|week|month|year)',
    ({ once = '' }) => ({ unit: `${once}s`, every: 1 }) as Cadence,
  ],
  ['(?<word>daily|weekly|monthly|yearly|annually|hourly)', ({ word = '' }) => WORDS[word]],
  [`${EACH} (?<part>morning|noon|afternoon|evening|night)s?`, () => ({ unit: 'days', every: 1 })],
]
const WORDS: Readonly<Record<string, Cadence>> = {
  hourly: { unit: 'minutes', every: 60 },
  daily: { unit: 'days', every: 1 },
  weekly: { unit: 'weeks', every: 1 },
  monthly: { unit: 'months', every: 1 },
  yearly: { unit: 'years', every: 1 },
  annually: { unit: 'years', every: 1 },
}
const HOURS: Readonly<Record<string, number>> = {
  morning: 9,
  noon: 12,
  afternoon: 15,
  evening: 19,
  night: 21,
}
const PATTERNS = FORMS.map(
  ([source, read]) => [new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`, 'i'), read] as const,
)
/** “The report of every month” repeats nothing. */
const BELONGS = /\b(?:of|for|from|in|about|like|the|his|her|their|my|our|your)\s+$/i
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

type Groups = Readonly<Record<string, string | undefined>>

/** Finds “every 2 weeks on Monday” at the start or the end of a text, or beside its time. */
export function findRepeat(text: string): FoundRepeat | undefined {
  for (const [pattern, read] of PATTERNS) {
    const match = pattern.exec(text)
    if (!match || BELONGS.test(text.slice(0, match.index))) continue
    const groups = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, value?.toLowerCase()]),
    )
    const cadence = read(groups)
    if (!cadence) continue
    const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`
    const hour = groups['part'] === undefined ? undefined : HOURS[groups['part']]
    return { cadence, rest, ...(hour !== undefined && { hour }) }
  }
  return undefined
}

function countOf({ count2, count = count2 }: Groups): number {
  if (count === undefined) return 1
  if (count === 'other' || count === 'second') return 2
  if (count === 'third') return 3
  if (/^\d(?:nd|rd|th)$/.test(count)) return Number(count[0])
  const word = NUMBER_WORDS.indexOf(count)
  return word === -1 ? Number(count) : word + 1
}

function monthly(groups: Groups, day: number): Cadence | undefined {
  const every = countOf(groups)
  return day < 1 || day > 31 ? undefined : { unit: 'months', every, day }
}

function nthDay(groups: Groups): Cadence | undefined {
  const nth = ORDINALS[groups['nth'] ?? groups['nth2'] ?? '']
  const [day] = daysOf(groups['names'] ?? groups['names2'] ?? '')
  return nth === undefined || day === undefined
    ? undefined
    : { unit: 'weekday', every: countOf(groups), day, nth }
}

function yearly(groups: Groups): Cadence | undefined {
  const day = Number(groups['day'] ?? groups['day2'])
  const month = MONTHS.indexOf((groups['month'] ?? groups['month2'] ?? '').slice(0, 3)) + 1
  return day < 1 || day > 31 ? undefined : { unit: 'years', every: 1, month, day }
}

function weekly(groups: Groups): Cadence {
  return { unit: 'weeks', every: countOf(groups), days: daysOf(groups['names'] ?? groups['names2'] ?? '') }
}

/** Every day but these. */
function allBut({ names = '' }: Groups): Cadence {
  const left = daysOf(names)
  return { unit: 'weeks', every: 1, days: [0, 1, 2, 3, 4, 5, 6].filter((day) => !left.includes(day)) }
}

/** Monday to Friday, or Friday to Monday. */
function range({ first = '', last = '' }: Groups): Cadence {
  const [from = 0] = daysOf(first)
  const [to = 0] = daysOf(last)
  const length = ((to - from + 7) % 7) + 1
  const days = Array.from({ length }, (_, index) => (from + index) % 7)
  return { unit: 'weeks', every: 1, days: days.toSorted((one, other) => one - other) }
}

function interval(groups: Groups): Cadence | undefined {
  const every = countOf(groups)
  const unit = groups['unit'] ?? ''
  if (unit.startsWith('mi')) return { unit: 'minutes', every: Math.round(every) }
  if (unit.startsWith('h')) return { unit: 'minutes', every: Math.round(every * 60) }
  if (!Number.isInteger(every) || every < 1) return undefined
  if (unit === 'day') return { unit: 'days', every }
  if (unit === 'week') return { unit: 'weeks', every }
  return unit === 'month' ? { unit: 'months', every } : { unit: 'years', every }
}

function daysOf(names: string): number[] {
  return [...new Set(names.split(/[^a-z]+/).map((name) => NAMES.indexOf(name.slice(0, 3))))]
    .filter((day) => day !== -1)
    .toSorted((one, other) => one - other)
}
