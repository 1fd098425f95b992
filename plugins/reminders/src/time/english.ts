import { wallTimeOf } from './time-zone.ts'

const UNITS = '(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)'
const SMALL = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const TEENS = 'thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ')
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')
const HOUR = `(\\d{1,2}|${SMALL.slice(1).join('|')})`
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

type Rule = readonly [RegExp, (groups: readonly string[], now: Date, zone: string) => string | undefined]

/** What people write and chrono does not read, or reads wrongly. */
const RULES: readonly Rule[] = [
  [/\b(?:tommorr?ow|tomorow|tomm?orow|tmrw|tmr|2moro(?:w)?|2morrow)\b/gi, () => 'tomorrow'],
  [/(\d )minuets\b/gi, ([count = '']) => `${count}minutes`],
  [/\b(?:the )?day after tomorrow\b/gi, () => 'in 2 days'],
  [/\b(?:in )?a fortnight(?: from now)?\b/gi, () => 'in 14 days'],
  [
    new RegExp(`\\b(${TENS.join('|')})(?:[ -](${SMALL.slice(1, 10).join('|')}))?(?= ${UNITS}\\b)`, 'gi'),
    ([tens = '', one = '']) =>
      String((TENS.indexOf(tens.toLowerCase()) + 2) * 10 + Math.max(0, SMALL.indexOf(one.toLowerCase()))),
  ],
  [
    new RegExp(`\\b(${TEENS.join('|')})(?= ${UNITS}\\b)`, 'gi'),
    ([teen = '']) => String(TEENS.indexOf(teen.toLowerCase()) + 13),
  ],
  [/\bin (?:an?|1|one) hour and a half\b/gi, () => 'in 90 minutes'],
  [
    new RegExp(`\\bin ${HOUR} and a half (hour|minute)s?\\b`, 'gi'),
    ([count = '', unit = '']) =>
      unit.toLowerCase() === 'hour'
        ? `in ${toNumber(count) * 60 + 30} minutes`
        : `in ${toNumber(count) * 60 + 30} seconds`,
  ],
  [/\bin (?:a )?quarter(?: of an)? hour\b/gi, () => 'in 15 minutes'],
  [/\bin three quarters of an hour\b/gi, () => 'in 45 minutes'],
  [/\b(\d{1,4}) (weeks?) from (?:now|today)\b/gi, ([count = '']) => `in ${Number(count) * 7} days`],
  [/\ba week from (?:now|today)\b/gi, () => 'in 7 days'],
  [/\b(?:a week from tomorrow|tomorrow week)\b/gi, () => 'in 8 days'],
  [
    new RegExp(`\\b(?:in )?(a|one|two|\\d) weeks? (?:from|after) (${DAYS.join('|')})\\b`, 'gi'),
    ([count = '', day = ''], now, zone) =>
      weeksAfter(toNumber(count === 'a' ? 'one' : count), day, now, zone),
  ],
  [new RegExp(`\\b(?:at )?half past ${HOUR}\\b`, 'gi'), ([hour = '']) => `at ${toNumber(hour)}:30`],
  [new RegExp(`\\b(?:at )?(?:a )?quarter past ${HOUR}\\b`, 'gi'), ([hour = '']) => `at ${toNumber(hour)}:15`],
  [new RegExp(`\\b(?:at )?(?:a )?quarter (?:to|before) ${HOUR}\\b`, 'gi'), ([hour = '']) => before(hour, 15)],
  [
    new RegExp(`\\b(?:at )?(five|ten|twenty|twenty[ -]five) (past|to) ${HOUR}\\b`, 'gi'),
    ([count = '', side = '', hour = '']) => {
      const minutes = { five: 5, ten: 10, twenty: 20 }[count.toLowerCase()] ?? 25
      return side.toLowerCase() === 'to'
        ? before(hour, minutes)
        : `at ${toNumber(hour)}:${String(minutes).padStart(2, '0')}`
    },
  ],
  [
    new RegExp(`\\bat (${SMALL.slice(1).join('|')})(?= ?(?:am|pm|o.?clock)?\\b)`, 'gi'),
    ([hour = '']) => `at ${toNumber(hour)}`,
  ],
  [
    /\bat ([01]\d|2[0-3])([0-5]\d)(?: ?h(?:ou)?rs)?(?![\w:.])/gi,
    ([hour = '', minute = '']) => `at ${hour}:${minute}`,
  ],
  [/\bat ([1-9])([0-5]\d)(?![\w:.])/gi, ([hour = '', minute = '']) => `at ${hour}:${minute}`],
  [/\b(12(?::00)?) noon\b/gi, () => '12:00'],
  [
    new RegExp(
      `\\b(?:at )?(\\d{1,2}) (?:(?:minutes|mins?) )?((?<=(?:minutes|mins?) )(?:before|to|after)|past) ${HOUR}(?![:\\w])`,
      'gi',
    ),
    ([count = '', side = '', hour = '']) =>
      /before|to/i.test(side)
        ? before(hour, Number(count))
        : `at ${toNumber(hour)}:${count.padStart(2, '0')}`,
  ],
  [/\b(tomorrow|tonight|today) (\d{1,2})(?=$|[,;] )/gi, ([day = '', hour = '']) => `${day} at ${hour}`],
  [/\bthis morning\b(?! at)/gi, () => 'today at 9:00'],
  [/\b(?:by |at )?(?:the )?end of (?:the |this )?day\b/gi, () => 'today at 18:00'],
  [/\b(?:on )?christmas eve\b/gi, () => 'on 24 December'],
  [/\b(?:on |at )?(?:christmas(?: day)?|xmas)\b/gi, () => 'on 25 December'],
  [/\b(?:on )?new year['’]?s eve\b/gi, () => 'on 31 December'],
  [
    /\b(?:on )?the (\d{1,2})(?:st|nd|rd|th)\b(?: of (?:the|this) month\b)?(?! (?:of|day|anniversary|birthday|floor|time))/gi,
    ([day = ''], now, zone) => nextDayOfMonth(Number(day), now, zone),
  ],
]

/** The text with these phrases in a form that chrono reads, and what stood in their place. */
export function rewriteEnglish(
  input: string,
  now: Date,
  zone: string,
): { readonly text: string; readonly originals: ReadonlyMap<string, string> } {
  const originals = new Map<string, string>()
  let text = input
  for (const [pattern, write] of RULES) {
    text = text.replace(pattern, (...args: unknown[]) => {
      const end = args.findIndex((arg) => typeof arg === 'number')
      const [original = '', ...groups] = args
        .slice(0, end)
        .map((part) => (typeof part === 'string' ? part : ''))
      const written = write(groups, now, zone)
      if (written === undefined) return original
      originals.set(written, original)
      return written
    })
  }
  return { text, originals }
}

function toNumber(word: string): number {
  const index = SMALL.indexOf(word.toLowerCase())
  return index === -1 ? Number(word) : index
}

function before(hour: string, minutes: number): string {
  const earlier = (toNumber(hour) + 23) % 24
  return `at ${earlier === 0 ? 12 : earlier}:${60 - minutes}`
}

/** That many weeks after the next such day. */
function weeksAfter(weeks: number, name: string, now: Date, zone: string): string {
  const { year, month, day } = wallTimeOf(zone, now)
  const today = new Date(Date.UTC(year, month - 1, day))
  const ahead = (DAYS.indexOf(name.toLowerCase()) - today.getUTCDay() + 7) % 7 || 7
  const date = new Date(today.getTime() + (ahead + weeks * 7) * 86_400_000)
  return `on ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** The next month that has this day, from today on. */
function nextDayOfMonth(day: number, now: Date, zone: string): string | undefined {
  if (day < 1 || day > 31) return undefined
  const today = wallTimeOf(zone, now)
  for (let ahead = day < today.day ? 1 : 0; ahead < 12; ahead++) {
    const first = new Date(Date.UTC(today.year, today.month - 1 + ahead, 1))
    const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
    if (day <= length) return `on ${day} ${MONTHS[first.getUTCMonth()]} ${first.getUTCFullYear()}`
  }
  return undefined
}
