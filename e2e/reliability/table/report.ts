import { readFileSync, writeFileSync } from 'node:fs'
import { FAULTS } from './faults.ts'
import type { CellResult } from './run-cell.ts'
import { STATES } from './states.ts'

const [BEGIN, END] = ['<!-- table of states and faults -->', '<!-- end of the table -->']
const NOT_RUN = 'not run'

export function isGood({ lost, doubled, stuck }: CellResult): boolean {
  return lost === 0 && doubled === 0 && !stuck
}

/** Writes the table between its two marks into a page. Cells without a new result stay. */
export function writeReport(page: string, results: readonly CellResult[]): void {
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(BEGIN)
  const [old, after] = rest?.split(END) ?? []
  if (before === undefined || old === undefined || after === undefined) {
    throw new Error(`${page} has no marks for the table`)
  }
  writeFileSync(page, [before, BEGIN, `\n\n${table(readCells(old), results)}\n\n`, END, after].join(''))
}

/** The cells of a table in Markdown, by state and fault. */
function readCells(text: string): Map<string, string> {
  const [head = [], ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return new Map(
    rows.flatMap(([state, ...cells]) =>
      cells.map((cell, index): [string, string] => [`${state} × ${head[index + 1]}`, cell]),
    ),
  )
}

function table(cells: Map<string, string>, results: readonly CellResult[]): string {
  for (const result of results) cells.set(`${result.state} × ${result.fault}`, cellText(result))
  const rows = STATES.map(({ name }) => [
    name,
    ...FAULTS.map((fault) => cells.get(`${name} × ${fault.name}`) ?? NOT_RUN),
  ])
  const run = rows.flatMap(([, ...texts]) => texts).filter((text) => text !== NOT_RUN)
  const sum = (place: number): number =>
    run.reduce((total, text) => total + Number(text.split(' ')[place]), 0)
  const head = ['state', ...FAULTS.map(({ name }) => name)]
  return [
    `${run.length} cells run: ${sum(0)} lost, ${sum(1)} doubled, ${sum(2)} stuck.`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((texts) => `| ${texts.join(' | ')} |`),
  ].join('\n')
}

/** Lost, doubled, stuck. */
function cellText({ lost, doubled, inFlight, stuck }: CellResult): string {
  return `${lost} ${doubled} ${Number(stuck)}${inFlight > 0 ? ` (${inFlight} in flight)` : ''}`
}
