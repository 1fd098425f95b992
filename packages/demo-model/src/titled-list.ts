/** A title and several items: “Lunch? Pizza, Soup”, “lunch: pizza, soup or salad”. */
export interface TitledList {
  readonly title: string | undefined
  readonly items: readonly string[]
  /** The words it was taken from. */
  readonly from: string
}

const MIN_ITEMS = 2

/**
 * Finds a list after a colon, or after “between”. With a title, the text before it names what the
 * list is about. It never guesses: less than two items are no list.
 */
export function findTitledList(text: string, hasTitle: boolean): TitledList | undefined {
  const start = /:\s+|\b(?:about|on|asking|whether|between|with)\s+/i.exec(text)
  if (!start) return undefined
  const from = text.slice(start.index)
  const said = text.slice(start.index + start[0].length)
  if (!hasTitle) return listOf(undefined, said, from)
  const split =
    /^(?<question>[^?]{1,300}\?)\s*(?<after>.+)$/.exec(said) ??
    /^(?<question>[^:;]{1,300})[:;]\s*(?<after>.+)$/.exec(said)
  const { question, after } = split?.groups ?? {}
  return question === undefined || after === undefined ? undefined : listOf(question.trim(), after, from)
}

function listOf(title: string | undefined, text: string, from: string): TitledList | undefined {
  const separator = text.includes(';') ? /\s*;\s*/ : /\s*,\s*(?:(?:or|and)\s+)?|\s+or\s+/i
  const items = text
    .replace(/[\s.!?]+$/, '')
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '')
  return items.length < MIN_ITEMS ? undefined : { title, items, from }
}
