import type { OutsideDatabase, SqlStatement } from '@pluggram/sdk'
import type { Lookup } from './configuration.ts'
import { MOST_COUNTED } from './read-rows.ts'
import { TEXTS } from './texts.ts'

/** A message for a user about a lookup that is not possible. */
export class LookupError extends Error {}

const MAX_CHARACTERS = 500

/**
 * The statement of a lookup. The user's words are only ever values. Names come from the
 * configuration; its schema allows plain names only, and they are also quoted.
 * @throws LookupError
 */
export function buildLookup(
  lookup: Lookup,
  input: string,
  dialect: OutsideDatabase['dialect'],
): SqlStatement {
  const text = input.trim()
  if (text.length > MAX_CHARACTERS) throw new LookupError(TEXTS.longerThanCharacters(MAX_CHARACTERS))
  if ('query' in lookup) return buildQuery(lookup, text)
  if (text === '') throw new LookupError(TEXTS.whatShouldLookUp)
  const quote = (name: string): string => quoteName(name, dialect)
  const columns = lookup.columns?.map(quote).join(', ') ?? '*'
  const [condition, value] = comparison(lookup.match, text)
  const sql = `SELECT ${columns} FROM ${quote(lookup.table)} WHERE ${quote(lookup.column)} ${condition} LIMIT ${MOST_COUNTED + 1}`
  return { sql, params: [value] }
}

function buildQuery({ query, values }: Extract<Lookup, { query: string }>, text: string): SqlStatement {
  const wanted = countPlaceholders(query)
  const words = values === 'words' ? text.split(/\s+/).filter(Boolean) : text === '' ? [] : [text]
  if (words.length !== wanted) {
    throw new LookupError(wanted === 1 ? TEXTS.addOneValueAfter : TEXTS.addValuesAfterCommand(wanted))
  }
  return { sql: query, params: words }
}

/** `?` outside of quotes and comments; `??` is an operator. */
function countPlaceholders(query: string): number {
  const tokens = query.match(/'(?:''|[^'])*'|"[^"]*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\?\?|\?/g) ?? []
  return tokens.filter((token) => token === '?').length
}

function comparison(match: 'exact' | 'prefix' | 'contains', text: string): [string, string] {
  const plain = text.replaceAll(/[!%_]/g, '!$&')
  if (match === 'exact') return ['= ?', text]
  return ["LIKE ? ESCAPE '!'", match === 'prefix' ? `${plain}%` : `%${plain}%`]
}

function quoteName(name: string, dialect: OutsideDatabase['dialect']): string {
  const mark = dialect === 'mysql' ? '`' : '"'
  return name
    .split('.')
    .map((part) => `${mark}${part.replaceAll(mark, mark + mark)}${mark}`)
    .join('.')
}
