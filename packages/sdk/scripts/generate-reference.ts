import { readFile, writeFile } from 'node:fs/promises'
import { ERRORS } from '../src/error-table.ts'
import { SERVICES } from '../src/services.ts'
import type { ServiceRow } from '../src/services.ts'
import { FAILURES } from '../src/runtime/failures.ts'
import { permissionRows } from '../src/runtime/permission-lines.ts'

/** A page of the reference with a table of the sdk between two markers. */
interface GeneratedPage {
  readonly file: URL
  readonly mark: string
  readonly table: () => string
}

const PAGES: readonly GeneratedPage[] = [
  { file: page('errors'), mark: 'errors', table: errorTable },
  { file: page('exit-codes'), mark: 'exit codes', table: exitCodeTable },
  { file: page('permissions'), mark: 'permissions', table: permissionTable },
  { file: page('services'), mark: 'services', table: serviceTable },
]

/** The pages with a table, and the up-to-date text of each. */
export async function generatedPages(): Promise<{ readonly file: URL; readonly text: string }[]> {
  return Promise.all(
    PAGES.map(async ({ file, mark, table }) => ({
      file,
      text: fill(await readFile(file, 'utf8'), mark, table()),
    })),
  )
}

function page(name: string): URL {
  return new URL(`../../../docs/reference/${name}.md`, import.meta.url)
}

function fill(text: string, mark: string, table: string): string {
  const [start, end] = [`<!-- table: ${mark} -->\n`, `<!-- end of table: ${mark} -->`]
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no marks for ${mark}`)
  return `${before}${start}${table}${end}${after}`
}

function errorTable(): string {
  const rows = Object.entries(ERRORS).map(([code, row]) => [`\`${code}\``, row.meaning, row.remedy])
  return markdownTable(['code', 'what happened', 'what to do'], rows)
}

function exitCodeTable(): string {
  const rows = Object.values(FAILURES).map(({ exitCode, meaning }) => [String(exitCode), meaning])
  return markdownTable(['code', 'what happened'], rows)
}

function permissionTable(): string {
  const rows = permissionRows().map(([name, { kind, service, words, isInlineOnly = false }]) => [
    `\`${name}\``,
    kind === 'flag' ? '`true`' : '`[names]`',
    `${words}${isInlineOnly ? '; only inside the assistant' : ''}`,
    service === undefined ? '' : `\`services.${service}\``,
  ])
  return markdownTable(['permission', 'value', 'with it a plugin may', 'opens'], rows)
}

function serviceTable(): string {
  const rows = Object.entries(SERVICES).map(([name, row]) => {
    const { title = name, words, limits = '', permission }: ServiceRow<Record<string, unknown>> = row
    return [`\`${title}\``, words, limits, permission === undefined ? '' : `\`${permission}\``]
  })
  return markdownTable(['service', 'what it does', 'limits', 'permission'], rows)
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return [line(head), `|${'---|'.repeat(head.length)}\n`, ...rows.map(line)].join('')
}

if (import.meta.main) {
  for (const { file, text } of await generatedPages()) await writeFile(file, text)
}
