/**
 * The table of states and faults: an assistant in each state meets each fault, several at a time,
 * because most of that is waiting. Results are kept in a file, so an interrupted run goes on where it
 * ended. At the end, the table is written into docs/guides/reliability.md; exits with 1 if something
 * was lost, doubled or stuck.
 *
 *   npm run test:table                        all cells, with the real durations
 *   npm run test:table -- --short             faults last as long as in the tests
 *   npm run test:table -- --only 'broadcast'  cells whose state or fault has that in its name
 *   npm run test:table -- --again             runs cells again that went wrong
 *   npm run test:table -- --at-once 8 --results FILE
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { readOptions } from '../../scripts/read-options.ts'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { FAULTS } from './table/faults.ts'
import type { Fault } from './table/faults.ts'
import { isGood, writeReport } from './table/report.ts'
import { runCell } from './table/run-cell.ts'
import type { CellResult } from './table/run-cell.ts'
import { STATES } from './table/states.ts'
import type { State } from './table/states.ts'

const { values } = readOptions({
  options: {
    only: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    'at-once': { type: 'string', default: String(availableParallelism() * 4) },
    results: { type: 'string', default: 'e2e/reliability/table-results.json' },
  },
})

const results = new Map<string, CellResult>()
const nameOf = (state: { name: string }, fault: { name: string }): string => `${state.name} × ${fault.name}`

for (const result of readResults()) {
  if (values.again && !isGood(result)) continue
  results.set(nameOf({ name: result.state }, { name: result.fault }), result)
}
const cells = STATES.flatMap((state) => FAULTS.map((fault): [State, Fault] => [state, fault]))
  .filter(([state, fault]) => nameOf(state, fault).includes(values.only))
  .filter(([state, fault]) => !results.has(nameOf(state, fault)))
  // the longest first, so that the end of the run is not a wait for one cell
  .toSorted(([, one], [, other]) => other.seconds[0] - one.seconds[0])

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopAllPrograms().then(() => process.exit(1)))

await Promise.all(Array.from({ length: Number(values['at-once']) }, work))
await removeHomes()
writeReport('docs/guides/reliability.md', [...results.values()])
process.exitCode = [...results.values()].every(isGood) ? 0 : 1

async function work(): Promise<void> {
  for (let next = cells.shift(); next; next = cells.shift()) {
    const [state, fault] = next
    const result = await runCell(state, fault, { isShort: values.short })
    results.set(nameOf(state, fault), result)
    writeFileSync(values.results, `${JSON.stringify([...results.values()], null, 2)}\n`)
    const { lost, doubled, stuck, apologies, seconds, note } = result
    const outcome = isGood(result) ? 'ok' : `${lost} lost, ${doubled} doubled${stuck ? ', stuck' : ''}`
    const more = apologies > 0 ? `, ${apologies} apologised` : ''
    console.log(
      `${nameOf(state, fault)}: ${outcome}${more} (${seconds} s)${isGood(result) ? '' : `: ${note}`}`,
    )
  }
}

function readResults(): CellResult[] {
  try {
    return JSON.parse(readFileSync(values.results, 'utf8')) as CellResult[]
  } catch {
    return []
  }
}
