import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { MESSAGE_FIELDS } from '../src/receive/message-fields.ts'
import type { FieldRow } from '../src/receive/message-fields.ts'
import { UPDATE_KINDS } from '../src/receive/update-kinds.ts'
import type { UpdateRow } from '../src/receive/update-kinds.ts'

const FILE = new URL('../../../docs/reference/telegram.md', import.meta.url)
const ALL_FIELDS = 'packages/telegram/src/receive/message-fields.test.ts'

const WHEN_ALONE: Readonly<Record<FieldRow['kind'], string>> = {
  content: 'is answered',
  about: '–',
  news: 'stays quiet',
}

/** The page with its tables as they are in the code. */
export async function messagePage(): Promise<{ readonly file: URL; readonly text: string }> {
  const text = await readFile(FILE, 'utf8')
  return { file: FILE, text: fill(fill(text, 'updates', updateTable()), 'message fields', fieldTable()) }
}

/** The test files that the page names, each with the fields it is named for. */
export function namedTests(): readonly { readonly file: string; readonly name: string }[] {
  return Object.entries<FieldRow | UpdateRow>({ ...MESSAGE_FIELDS, ...UPDATE_KINDS }).flatMap(
    ([name, { test }]) => (test === undefined ? [] : [{ file: test, name }]),
  )
}

function fill(text: string, mark: string, table: string): string {
  const [start, end] = [`<!-- table: ${mark} -->\n`, `<!-- end of table: ${mark} -->`]
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no marks for ${mark}`)
  return `${before}${start}\n${table}\n${end}${after}`
}

function updateTable(): string {
  const rows = Object.entries<UpdateRow>(UPDATE_KINDS).map(([kind, { becomes, test = ALL_FIELDS }]) => [
    `\`${kind}\``,
    becomes,
    linkTo(test),
  ])
  return markdownTable(['kind', 'what becomes of it', 'tested in'], rows)
}

function fieldTable(): string {
  const rows = Object.entries<FieldRow>(MESSAGE_FIELDS).map(
    ([field, { kind, becomes, test = ALL_FIELDS }]) => [
      `\`${field}\``,
      becomes,
      WHEN_ALONE[kind],
      linkTo(test),
    ],
  )
  return markdownTable(['field', 'what becomes of it', 'a message of it alone', 'tested in'], rows)
}

function linkTo(test: string): string {
  return `[${basename(test, '.test.ts')}](../../${test})`
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return [line(head), `|${'---|'.repeat(head.length)}\n`, ...rows.map(line)].join('')
}
