import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALERT_RULES } from '../scripts/alert-rules.ts'
import { createDashboard } from '../scripts/dashboard.ts'
import { generatedFiles } from '../scripts/generate-metrics.ts'
import { METRICS } from './metric-table.ts'
import type { MetricRow } from './metric-table.ts'

test.for(await generatedFiles())(
  '$file is up to date (run `npm run generate -w @pluggram/observability`)',
  ({ file, text }) => {
    expect(readFileSync(file, 'utf8')).toBe(text)
  },
)

const dashboard = JSON.stringify(createDashboard())
const expressions = ALERT_RULES.map(({ expr }) => expr)
JSON.parse(dashboard, (key, value: unknown) => {
  if (key === 'expr') expressions.push(String(value))
  return value
})

test('the dashboard has a panel for every metric', () => {
  const missing = Object.keys(METRICS).filter(
    (name) => !new RegExp(`\\b${name}(?:_bucket)?\\b`).test(dashboard),
  )
  expect(missing).toEqual([])
  expect(expressions.length).toBeGreaterThan(50)
})

test('dashboard and alerts use metrics and labels that exist', () => {
  const known = new Map(Object.entries<MetricRow>(METRICS))
  const unknown = expressions.flatMap((text) => {
    const selectors = [...text.matchAll(/\b([a-z]+_[a-z_]+?)(?:_bucket)?(?:\{([^}]*)\}|(?=[\s)[\]]|$))/g)]
    return selectors.flatMap(([, name = '', inside = '']) => {
      if (FUNCTIONS.has(name)) return []
      const row = known.get(name)
      if (!row) return [name]
      const labels = new Set(['job', 'instance', 'le', ...(row.labels ?? [])])
      return [...inside.matchAll(/(\w+)[=!]/g)]
        .map(([, label = '']) => label)
        .filter((label) => !labels.has(label))
    })
  })
  expect(unknown).toEqual([])
})

/** Words of PromQL that look like metrics. */
const FUNCTIONS = new Set(['histogram_quantile', 'min_over_time', 'clamp_min'])

test('no label can hold a person, a chat or a text', () => {
  const labels = new Set(Object.values<MetricRow>(METRICS).flatMap((row) => row.labels ?? []))
  expect([...labels].toSorted()).toEqual([
    'component',
    'direction',
    'method',
    'mode',
    'model',
    'outcome',
    'period',
    'permission',
    'plugin',
    'scope',
    'severity',
  ])
})
