import { readFile, writeFile } from 'node:fs/promises'
import { METRICS } from '../src/metric-table.ts'
import type { MetricRow } from '../src/metric-table.ts'
import { alertRows, createRulesFile, createRulesTest } from './alert-files.ts'
import { createDashboard } from './dashboard.ts'

const PAGE = rootFile('docs/reference/metrics.md')

/** What is made from the tables of metrics and alerts, with the up-to-date text of each file. */
export async function generatedFiles(): Promise<{ readonly file: URL; readonly text: string }[]> {
  const page = fill(await readFile(PAGE, 'utf8'), 'metrics', metricTable())
  return [
    { file: PAGE, text: fill(page, 'alerts', alertTable()) },
    {
      file: rootFile('deploy/grafana/pluggram.json'),
      text: `${JSON.stringify(createDashboard(), undefined, 2)}\n`,
    },
    { file: rootFile('deploy/prometheus/alerts.yml'), text: createRulesFile() },
    { file: rootFile('deploy/prometheus/alerts.test.yml'), text: createRulesTest() },
  ]
}

function metricTable(): string {
  const rows = Object.entries<MetricRow>(METRICS).map(([name, { kind, labels = [], help, more }]) => [
    `\`${name}\``,
    kind,
    labels.map((label) => `\`${label}\``).join(', '),
    `${help}${more === undefined ? '' : `. ${more}`}`,
  ])
  return markdownTable(['name', 'kind', 'labels', 'what it shows'], rows)
}

function alertTable(): string {
  return markdownTable(['alert', 'severity', 'fires when', 'what to do'], alertRows())
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return [line(head), `|${'---|'.repeat(head.length)}\n`, ...rows.map(line)].join('')
}

function fill(text: string, mark: string, table: string): string {
  const [start, end] = [`<!-- table: ${mark} -->\n`, `<!-- end of table: ${mark} -->`]
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no marks for ${mark}`)
  return `${before}${start}${table}${end}${after}`
}

function rootFile(path: string): URL {
  return new URL(`../../../${path}`, import.meta.url)
}

if (import.meta.main) {
  for (const { file, text } of await generatedFiles()) await writeFile(file, text)
}
