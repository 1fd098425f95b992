import { rewriteEnglish } from './english.ts'
import { TIME_WORDS } from './languages.ts'
import type { TimeWords } from './time-words.ts'

/** A text whose phrases about time are English. */
export interface Rewritten {
  readonly text: string
  /** The text for the parser of its own language; `undefined` when that would read it wrongly. */
  readonly own: string | undefined
  /** What was written, by what is there now. */
  readonly originals: ReadonlyMap<string, string>
}

const ENGLISH_DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const DIGITS = /[٠-٩۰-۹०-९]/gu
const known = new Map<string, readonly Rule[]>()

interface Rule {
  readonly pattern: RegExp
  /** The parser of the language does not read it, or reads it wrongly. */
  readonly isUnknownToIts: boolean
  write(groups: readonly string[]): string
}

/** Turns lengths of time, repeats and the like into English; dates are left as they are. */
export function rewrite(input: string, language: string | undefined, now: Date, zone: string): Rewritten {
  const originals = new Map<string, string>()
  const words = TIME_WORDS[languageOf(language)]
  const own = applyMore(withPlainDigits(input), words, originals)
  let text = own
  let isUnknownToIts = false
  for (const rule of words ? rulesOf(languageOf(language), words) : []) {
    text = text.replace(rule.pattern, (...args: unknown[]) => {
      const [original = '', ...groups] = textsOf(args)
      const written = rule.write(groups)
      originals.set(written.trim(), original.trim())
      isUnknownToIts ||= rule.isUnknownToIts
      return written
    })
  }
  const english = rewriteEnglish(text, now, zone)
  for (const [written, original] of english.originals) originals.set(written, original)
  const isOwn = !isUnknownToIts && english.originals.size === 0
  return { text: english.text, own: isOwn ? own : undefined, originals }
}

/** The two letters of a language. */
export function languageOf(tag: string | undefined): string {
  return (tag ?? 'en').slice(0, 2).toLowerCase()
}

function applyMore(input: string, words: TimeWords | undefined, originals: Map<string, string>): string {
  let text = input
  for (const [pattern, written] of words?.more ?? []) {
    text = text.replace(pattern, (...args: unknown[]) => {
      const [original = '', ...groups] = textsOf(args)
      const english =
        typeof written === 'string'
          ? written
              .replaceAll(/\$(\d)/g, (_whole, index) => groups[Number(index) - 1] ?? '')
              .replace(/(\d):(?!\d)/, '$1:00')
          : written(groups)
      originals.set(english.trim(), original.trim())
      return english
    })
  }
  return text
}

/** The match and its groups, as `replace` gives them. */
function textsOf(args: readonly unknown[]): readonly string[] {
  const end = args.findIndex((arg) => typeof arg === 'number')
  return args.slice(0, end).map((part) => (typeof part === 'string' ? part : ''))
}

/** What is left of a text, with the words that the person wrote. */
export function restore(text: string, { originals }: Rewritten): string {
  let restored = text
  for (const [written, original] of [...originals].toReversed()) {
    if (written === '') continue
    const whole = new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(written)}(?![\\p{L}\\p{N}])`, 'u')
    restored = restored.replace(whole, () => original)
  }
  return restored
}

/** Whether a text asks for a reminder, in a language that is known. */
export const ASKS = new RegExp(
  [
    String.raw`^\s*(?:please\s+|hey\s+)?(?:can you |could you )?remind me\b`,
    // “every weekday at 9 remind me to …”
    String.raw`^\s*(?:please\s+)?(?:every|each|daily|at|in|on|next|this|today|tonight|tomorrow|weekly|monthly)\b[^?\n]{0,60}?[\s,]remind me\b`,
    ...Object.values(TIME_WORDS).map(({ ask, isJoined }) =>
      // where the verb comes last, the whole short message counts
      isJoined === true || ask.includes('दिला') ? `^[^\\n]{0,200}(?:${ask})` : `^\\s*(?:${ask})(?![\\p{L}])`,
    ),
  ].join('|'),
  'iu',
)

const ASK_ONLY = new RegExp(
  `(?:please\\s+|hey\\s+)?(?:can you |could you )?remind me\\b|${Object.values(TIME_WORDS)
    .map(({ ask }) => ask)
    .join('|')}`,
  'iu',
)

/** The text without “remind me”. */
export function withoutAsking(text: string): string {
  return text
    .replace(ASK_ONLY, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[\s,、。：:]+|[\s,、。]+$/gu, '')
}

function rulesOf(language: string, words: TimeWords): readonly Rule[] {
  const rules = known.get(language) ?? rulesFor(words)
  known.set(language, rules)
  return rules
}

function rulesFor(words: TimeWords): readonly Rule[] {
  const { units, isJoined = false } = words
  const number = `\\d{1,4}(?:[.,]\\d)?|${Object.keys(words.numbers)
    .toSorted((one, other) => other.length - one.length)
    .join('|')}`
  const unit = Object.values(units)
    .map((source) => `(${source})`)
    .join('|')
  const length = `(${number})${isJoined ? '\\s*' : "[\\s']*"}(?:${unit})`
  const rule = (source: string, write: Rule['write'], isUnknownToIts = true): Rule => ({
    // letters of these languages are no word characters, so \b does not help
    pattern: new RegExp(isJoined ? source : `(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, 'giu'),
    write,
    isUnknownToIts,
  })
  const inEnglish = ([amount = '', ...matched]: readonly string[]): string => {
    const index = matched.findIndex((part) => part !== '')
    const name = ['minutes', 'hours', 'days', 'weeks', 'months'][index] ?? 'minutes'
    return ` in ${words.numbers[amount.toLowerCase()] ?? amount.replace(',', '.')} ${name} `
  }
  const day = words.days.map((source) => `(${source})`).join('|')
  const dayOf = (matched: readonly string[]): string =>
    ENGLISH_DAYS[matched.findIndex((part) => part !== '')] ?? 'day'
  return [
    rule(words.everyWeekday, () => ' every weekday '),
    rule(words.everyDay, () => ' every day '),
    rule(`(?:${words.every})\\s*(?:${day})`, (matched) => ` every ${dayOf(matched)} `),
    rule(`(?:${words.every})\\s*(?:${length})`, (matched) => inEnglish(matched).replace(' in ', ' every ')),
    rule(
      `(?:${words.every})\\s*(?:${unit})`,
      (matched) =>
        ` every ${['minute', 'hour', 'day', 'week', 'month'][matched.findIndex((part) => part !== '')] ?? 'day'} `,
    ),
    rule(words.dayAfterTomorrow, () => ' in 2 days '),
    rule(`(?:${words.in})\\s*${length}`, inEnglish),
    ...(words.later === undefined ? [] : [rule(`${length}\\s*(?:${words.later})`, inEnglish)]),
    {
      pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.at})\\s*(?=\\d)`, 'giu'),
      write: () => 'at ',
      isUnknownToIts: false,
    },
  ]
}

function withPlainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(DIGITS, (digit) =>
      String(
        (digit.codePointAt(0) ?? 0) - (digit >= '०' && digit <= '९' ? 0x966 : digit >= '۰' ? 0x6f0 : 0x660),
      ),
    )
}
