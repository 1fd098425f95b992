import type { DemoParameter, DemoTool } from './demo-tool.ts'
import { findTitledList } from './titled-list.ts'
import { stem } from './words.ts'

/** A tool's arguments that a sentence states clearly. */
export interface FilledArguments {
  readonly args: Readonly<Record<string, string | number | readonly string[]>>
  /** Required arguments that the sentence does not state clearly. */
  readonly missing: readonly DemoParameter[]
  /** The sentence without the words used as arguments. */
  readonly rest: string
}

const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const NUMBER_WORD = new RegExp(String.raw`\b(?:${NUMBERS.join('|')})\b`, 'gi')
const NUMBER = /(?<![\w.,-])-?\d+(?:\.\d+)?(?![\w-]|[.,]\d)/g
const ADDRESS = /https?:\/\/[^\s<>"“”]+[^\s<>"“”.,;:!?)]/i
const MAIL = /[^\s<>@"“”,;:]+@[^\s<>@"“”,;:]+\.[a-z]{2,}/i
const QUOTED = /["“„]([^"“”„]+)["”“]/
const SEVERAL = /^(\d+) (?:dice|die)$/i

const AMOUNT = String.raw`(?:\d+|an?|half an|a few|fifteen|twenty|thirty|forty|fifty|ninety|${NUMBERS.slice(1).join('|')})`
const DAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const TIME = [
  String.raw`in ${AMOUNT} (?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?)`,
  String.raw`(?:on )?\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2})?`,
  '(?:today|tonight|tomorrow)(?: morning| noon| afternoon| evening| night)?',
  `(?:(?:on|this|next) )?${DAY}(?: morning| afternoon| evening)?`,
  'this (?:morning|afternoon|evening)|next (?:week|month)',
  String.raw`at (?:noon|midnight|\d{1,2}(?:[:.]\d{2})?(?: ?(?:am|pm|o.?clock))?)`,
  String.raw`\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)`,
  String.raw`\d{1,2}:\d{2}`,
].join('|')
const WHEN = new RegExp(String.raw`\b(?:(?:for|by) )?((?:${TIME})(?:,? (?:${TIME}))*)(?![\w:.]\w)`, 'i')
const AGAIN = /\b(?:every|each) \w+|\b(?:hour|dai|week|month|year)ly\b/i
/** Words that are followed by a free-text argument. */
const MARKER = /:\s+|\b(?:that|to|about|for|saying|called|named|of)\s+/i

/**
 * Fills a tool's arguments from a sentence. It only uses words with a clear role: a number, a time,
 * an address, a quotation, or everything after “to”, “that” or “for”. It never guesses.
 */
export function fillArguments(sentence: string, tool: DemoTool): FilledArguments {
  const args: Record<string, string | number | readonly string[]> = {}
  let rest = sentence.replaceAll(/\s+/g, ' ').trim()
  const take = (name: string, value: string | number | readonly string[], from: string): void => {
    args[name] = value
    rest = rest.replace(from, () => ' ').replaceAll(/\s+/g, ' ')
  }
  const { parameters } = tool
  for (const parameter of parameters) {
    const found = findShaped(rest, parameter)
    if (found) take(parameter.name, found.value, found.from)
  }
  const [list, ...otherLists] = parameters.filter(({ type, isRequired }) => type === 'list' && isRequired)
  const [title, ...otherTitles] = parameters.filter((one) => one.isRequired && isFree(one))
  const listed =
    list && otherLists.length + otherTitles.length === 0
      ? findTitledList(rest, title !== undefined)
      : undefined
  if (list && listed) {
    take(list.name, listed.items, listed.from)
    if (title && listed.title !== undefined) args[title.name] = listed.title
  }
  const numeric = parameters.filter(({ type }) => type === 'number')
  const numbers = [...withDigits(rest).matchAll(NUMBER)].map(([text]) => text)
  // only if the counts match; otherwise it is unclear which number is which argument
  if (numeric.length > 0 && numbers.length === numeric.length) {
    rest = withDigits(rest)
    for (const [index, { name }] of numeric.entries()) {
      take(name, Number(numbers[index]), numbers[index] ?? '')
    }
  }
  const open = parameters.filter(({ name, isRequired }) => isRequired && !(name in args))
  const [free, ...others] = open.filter(isFree)
  if (free && others.length === 0) {
    const found = findFree(rest, tool)
    if (found) take(free.name, found.value, found.from)
  }
  rest = rest.replace(AGAIN, '')
  return { args, rest, missing: open.filter(({ name }) => !(name in args)) }
}

interface Found {
  readonly value: string
  /** The words it was taken from. */
  readonly from: string
}

/** Finds a value that is recognisable by its form. */
function findShaped(
  text: string,
  { name, type, format, description, choices }: DemoParameter,
): Found | undefined {
  if (type === 'choice') {
    const words = text.toLowerCase().split(/[^\p{L}\p{N}_-]+/u)
    const said = choices.filter((choice) => words.includes(choice.toLowerCase()))
    const [value] = said
    return value !== undefined && said.length === 1 ? { value, from: value } : undefined
  }
  if (type !== 'string') return undefined
  if (format === 'uri' || /^(?:url|link|address|page)$/i.test(name)) return whole(ADDRESS.exec(text))
  if (format === 'email' || /^(?:e?mail|to|recipient)$/i.test(name)) return whole(MAIL.exec(text))
  if (isTime({ name })) {
    // a repeating time is not a single point in time
    const [from, value] = AGAIN.test(text) || format !== '' ? [] : (WHEN.exec(text) ?? [])
    return from === undefined || value === undefined ? undefined : { from, value }
  }
  return findLike(text, description)
}

/** Finds a word of the same form as an example in the description: `3d20` for “such as 2d6”. */
function findLike(text: string, description: string): Found | undefined {
  const shapes = new Set((description.match(/[\w+*/.-]*\d[\w+*/.-]*/g) ?? []).map(shapeOf))
  shapes.delete('0')
  if (shapes.size === 0) return undefined
  for (const from of text.match(/[\w+*/.-]*\d[\w+*/.-]*/g) ?? []) {
    if (shapes.has(shapeOf(from))) return { value: from, from }
  }
  if (!shapes.has('0d0') && !shapes.has('d0')) return undefined
  const from = new RegExp(String.raw`\b(?:\d+|${NUMBERS.slice(1).join('|')}) (?:dice|die)\b`, 'i').exec(
    text,
  )?.[0]
  const count = from === undefined ? undefined : SEVERAL.exec(withDigits(from))?.[1]
  return from === undefined || count === undefined ? undefined : { value: `${count}d6`, from }
}

/**
 * Finds free text: a quotation, what follows a word such as “that”, or everything after the tool's
 * verb.
 */
function findFree(text: string, tool: DemoTool): Found | undefined {
  const quoted = QUOTED.exec(text)
  if (quoted?.[1]) return { value: quoted[1].trim(), from: quoted[0] }
  const marker = MARKER.exec(text)
  const [verb = ''] = text.split(' ')
  // with several arguments it is unclear which one follows the verb
  const followsVerb =
    isVerb(verb, tool) && tool.parameters.filter(({ isRequired }) => isRequired).length === 1
  const start = marker ? marker.index + marker[0].length : followsVerb ? verb.length : undefined
  const from = start === undefined ? '' : text.slice(start).trim()
  const value = from.replace(/^[\s:,]+/, '').replace(/[\s.!?]+$/, '')
  return value === '' ? undefined : { value, from }
}

/**
 * Whether a word says what a tool does: `read` of `read_web_page`, or a word that its description
 * begins with, as in “Moves (changes, postpones) a reminder”.
 */
export function isVerb(word: string, { tool, description }: Pick<DemoTool, 'tool' | 'description'>): boolean {
  const [verb = ''] = tool.toLowerCase().split('_')
  const others = /^\w+ \(([^)]{1,100})\)/.exec(description)?.[1]?.split(/\W+/) ?? []
  return [verb, ...others].some((known) => stem(word.toLowerCase()) === stem(known.toLowerCase()))
}

function isFree({ name, type, format }: DemoParameter): boolean {
  return (
    type === 'string' &&
    format === '' &&
    !isTime({ name }) &&
    !/^(?:e?mail|to|recipient|url|link|address|page)$/i.test(name)
  )
}

function isTime({ name }: Pick<DemoParameter, 'name'>): boolean {
  return /^(?:when|time|date|at|due|day)$/i.test(name)
}

function whole(match: RegExpExecArray | null): Found | undefined {
  return match ? { value: match[0], from: match[0] } : undefined
}

function withDigits(text: string): string {
  return text.replaceAll(NUMBER_WORD, (word) => String(NUMBERS.indexOf(word.toLowerCase())))
}

function shapeOf(word: string): string {
  return word.toLowerCase().replaceAll(/\d+/g, '0')
}
