import { METRIC_GROUPS, METRICS } from '../src/metric-table.ts'
import type { MetricName, MetricRow } from '../src/metric-table.ts'

/** What a panel shows, besides what follows from the kind of its metric. */
interface Panel {
  readonly title: string
  readonly type: 'stat' | 'timeseries'
  readonly unit: string
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
}

/** What the viewer chose at the top of the dashboard. */
const CHOSEN = 'job="pluggram", instance=~"$instance"'
/** Grafana puts in a time that holds several scrapes. */
const WINDOW = '$__rate_interval'
const COLUMNS = 24
const HEIGHTS = { stat: 4, timeseries: 8 } as const
const WIDTHS = { stat: 4, timeseries: 8 } as const

/** How the last part of a metric's name is written. */
const UNITS: Readonly<Record<string, string>> = {
  bytes: 'bytes',
  seconds: 's',
  ratio: 'percentunit',
  utilization: 'percentunit',
}

/** What the owner wants to see first. Their queries combine metrics. */
const FIRST: readonly Panel[] = [
  stat('Answers in the last 24 hours', 'short', `sum(increase(${of('inbox_updates_answered_total')}[24h]))`),
  stat(
    'Failed answers in the last hour',
    'percentunit',
    `sum(increase(${of('inbox_updates_failed_total')}[1h])) / clamp_min(sum(increase(${of('inbox_updates_accepted_total')}[1h])), 1)`,
  ),
  stat('Waiting updates', 'short', `sum(${of('lanes_pending_updates')})`),
  stat('Unsent messages', 'short', `sum(${of('outbox_unsent_messages')})`),
  stat('Plugins down', 'short', `count(${of('plugin_up')} == 0) or vector(0)`),
  stat('Money in the last 24 hours', 'none', `sum(increase(${of('ai_money_total')}[24h])) or vector(0)`),
  stat('Alerts', 'short', 'count(ALERTS{alertstate="firing", alertname=~"Pluggram.*"}) or vector(0)'),
]

/** Metrics whose panel does not follow from their kind. */
const OWN: Readonly<Partial<Record<MetricName, Panel>>> = {
  pluggram_start_time_seconds: stat('Running for', 's', `time() - max(${of('pluggram_start_time_seconds')})`),
  backup_last_time_seconds: stat('Age of the last backup', 's', `time() - ${of('backup_last_time_seconds')}`),
  backup_interval_seconds: stat('A backup is made every', 's', of('backup_interval_seconds')),
  telegram_last_received_time_seconds: graph('Time since the last poll or delivery', 's', [
    {
      expr: `time() - max by (instance, mode) (${of('telegram_last_received_time_seconds')})`,
      legend: '{{mode}}',
    },
  ]),
  process_cpu_seconds_total: graph('Processor use', 'percentunit', [
    { expr: `rate(${of('process_cpu_seconds_total')}[${WINDOW}])`, legend: '{{instance}}' },
  ]),
  ai_tokens_total: graph('Tokens per hour', 'short', [
    {
      expr: `sum by (model, direction) (increase(${of('ai_tokens_total')}[1h]))`,
      legend: '{{model}} {{direction}}',
    },
  ]),
  ai_money_total: graph('Money per hour', 'none', [
    { expr: `sum by (model) (increase(${of('ai_money_total')}[1h]))`, legend: '{{model}}' },
  ]),
}

/** Grafana's classic dashboard, which its file provisioning reads. Everything follows from the table of metrics. */
export function createDashboard(): object {
  const panels: object[] = []
  let y = 0
  for (const [group, title] of Object.entries(METRIC_GROUPS)) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
    })
    y += 1
    const own = metricsOf(group).map((name) => OWN[name] ?? panelOf(name))
    const all = (group === 'overview' ? [...FIRST, ...own] : own).toSorted(
      // small ones first, so that a line of the page has one height
      (a, b) => HEIGHTS[a.type] - HEIGHTS[b.type],
    )
    let x = 0
    let height = 0
    for (const panel of all) {
      const [w, h] = [WIDTHS[panel.type], HEIGHTS[panel.type]]
      if (x + w > COLUMNS || (height > 0 && h !== height)) {
        x = 0
        y += height
      }
      height = h
      panels.push(toJson(panel, { id: panels.length + 1, gridPos: { h, w, x, y } }))
      x += w
    }
    y += height
  }
  return { ...FRAME, panels }
}

function metricsOf(group: string): MetricName[] {
  return Object.entries(METRICS)
    .filter(([, row]) => row.group === group)
    .map(([name]) => name as MetricName)
}

function panelOf(name: MetricName): Panel {
  const { kind, help, labels = [] }: MetricRow = METRICS[name]
  const by = `by (${['instance', ...labels].join(', ')})`
  const legend = labels.length === 0 ? '{{instance}}' : labels.map((label) => `{{${label}}}`).join(' ')
  switch (kind) {
    case 'counter':
      return graph(`${help}, per second`, 'short', [
        { expr: `sum ${by} (rate(${of(name)}[${WINDOW}]))`, legend },
      ])
    case 'gauge':
      return graph(help, unitOf(name), [{ expr: `max ${by} (${of(name)})`, legend }])
    case 'histogram': {
      const buckets = `sum by (${['instance', ...labels, 'le'].join(', ')}) (rate(${of(`${name}_bucket`)}[${WINDOW}]))`
      return graph(
        help,
        unitOf(name),
        [0.5, 0.95].map((share) => ({
          expr: `histogram_quantile(${share}, ${buckets})`,
          legend: `${legend} ${share * 100} %`,
        })),
      )
    }
  }
}

function unitOf(name: string): string {
  return UNITS[name.split('_').at(-1) ?? ''] ?? 'short'
}

function of(name: string): string {
  return `${name}{${CHOSEN}}`
}

function stat(title: string, unit: string, expr: string): Panel {
  return { title, type: 'stat', unit, queries: [{ expr, legend: '' }] }
}

function graph(title: string, unit: string, queries: Panel['queries']): Panel {
  return { title, type: 'timeseries', unit, queries }
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }

function toJson({ title, type, unit, queries }: Panel, place: object): object {
  return {
    ...place,
    type,
    title,
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint('A'.codePointAt(0)! + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(type === 'stat' && { instant: true }),
    })),
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options:
      type === 'stat'
        ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'none' }
        : {
            legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
            tooltip: { mode: 'multi', sort: 'desc' },
          },
  }
}

const FRAME = {
  uid: 'pluggram',
  title: 'Pluggram',
  tags: ['pluggram'],
  // newer Grafanas save another format, which their own file provisioning refuses
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  timezone: 'browser',
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  annotations: { list: [] },
  links: [],
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
      {
        name: 'instance',
        label: 'Assistant',
        type: 'query',
        datasource: DATASOURCE,
        query: {
          query: 'label_values(pluggram_start_time_seconds{job="pluggram"}, instance)',
          refId: 'instance',
        },
        refresh: 2,
        includeAll: true,
        allValue: '.*',
        multi: true,
        current: { text: 'All', value: '$__all' },
      },
    ],
  },
}
