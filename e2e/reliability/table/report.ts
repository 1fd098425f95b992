import { readFileSync, writeFileSync } from 'node:fs'
import { FAULTS } from './faults.ts'
import type { CellResult } from './run-cell.ts'
import { STATES } from './states.ts'

const [BEGIN, END] = ['<!-- table of states and faults -->', '<!-- end of the table -->']

export function isGood({ lost, doubled, stuck }: CellResult): boolean {
  return lost === 0 && doubled === 0 && !stuck
}

/** Writes the table between its two marks into a page. */
export function writeReport(page: string, results: readonly CellResult[]): void {
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`${page} has no marks for the table`)
  writeFileSync(page, [before, BEGIN, `\n\n${table(results)}\n\n`, END, after].join(''))
}

function table(results: readonly CellResult[]): string {
  const found = new Map(results.map((result) => [`${result.state} × ${result.fault}`, result]))
  const head = ['state', ...FAULTS.map(({ name }) => name)]
  const rows = STATES.map(({ name, missing }) => [
    name,
    ...FAULTS.map((fault) =>
      missing === undefined ? cellText(found.get(`${name} × ${fault.name}`)) : 'not run',
    ),
  ])
  const sum = (count: (result: CellResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0)
  const missing = STATES.filter((state) => state.missing !== undefined)
  return [
    `${results.length} cells run: ${sum(({ lost }) => lost)} lost, ${sum(({ doubled }) => doubled)} doubled, ${sum(({ stuck }) => Number(stuck))} stuck.`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...missing.map(({ name, missing: reason }) => `Not run: ${name}, because ${reason}.`),
  ].join('\n')
}

/** Lost, doubled, stuck. */
function cellText(result: CellResult | undefined): string {
  if (!result) return 'not run'
  const { lost, doubled, inFlight, stuck } = result
  return `${lost} ${doubled} ${Number(stuck)}${inFlight > 0 ? ` (${inFlight} in flight)` : ''}`
}
