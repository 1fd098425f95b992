import type { MetricName } from '../src/metric-table.ts'

/** One alert, with a course of events that it is tried on. */
export interface AlertRule {
  /** Without `Pluggram` before it. */
  readonly name: string
  readonly severity: 'critical' | 'warning'
  readonly expr: string
  readonly for: string
  /** What happened; `$plugin` and so on stand for labels. */
  readonly summary: string
  /** What to do. */
  readonly remedy: string
  /** Labels of the alert besides job and instance. */
  readonly labels?: readonly string[]
  /** Metrics over three phases: all is well or nearly bad, then it is bad, then well again. */
  readonly course: readonly Series[]
  /** Further ones, when it can fire for several reasons or be nearly true in several ways. */
  readonly more?: readonly (readonly Series[])[]
  /** How long a phase is. Default: 40. */
  readonly phaseMinutes?: number
}

/** How one series goes on in the three phases. */
export interface Series {
  readonly metric: MetricName | 'up' | 'plugin_processing_seconds_bucket'
  readonly labels?: Readonly<Record<string, string>>
  /** The value in each phase; what `grows` grows by that much each minute. Or all values in promtool's notation. */
  readonly phases: readonly [number, number, number] | string
  readonly grows?: boolean
}

const PER_PROGRAM = 'by (job, instance)'
const PER_PLUGIN = 'by (job, instance, plugin)'

export const ALERT_RULES: readonly AlertRule[] = [
  {
    name: 'Gone',
    severity: 'critical',
    expr: 'up{job="pluggram"} == 0 or absent(up{job="pluggram"})',
    for: '2m',
    summary: 'Prometheus cannot read the metrics of the assistant',
    remedy:
      'See whether it runs and what its log says: pluggram status, journalctl -u pluggram, docker logs.',
    course: [{ metric: 'up', phases: [1, 0, 1] }],
  },
  {
    name: 'PartFailed',
    severity: 'critical',
    expr: 'health_component_ok == 0',
    for: '5m',
    summary: 'A part of the assistant does not work: $component',
    remedy: 'The details of /readyz and "pluggram status" say why.',
    labels: ['component'],
    course: [{ metric: 'health_component_ok', labels: { component: 'storage' }, phases: [0.5, 0, 1] }],
  },
  {
    name: 'ProblemFound',
    severity: 'warning',
    expr: 'findings_open{severity="error"} > 0',
    for: '10m',
    summary: 'The assistant has found a problem that needs its owner',
    remedy: '"pluggram doctor" names it, says why, and what to do.',
    course: [
      { metric: 'findings_open', labels: { severity: 'error' }, phases: [0, 2, 0] },
      { metric: 'findings_open', labels: { severity: 'warning' }, phases: [3, 0, 0] },
    ],
  },
  {
    name: 'NotReceiving',
    severity: 'critical',
    // a held poll is answered every 30 seconds
    expr: `min ${PER_PROGRAM} (telegram_receiving) == 0 or time() - max ${PER_PROGRAM} (telegram_last_received_time_seconds{mode="polling"}) > 120`,
    for: '2m',
    summary: 'No messages arrive from Telegram',
    remedy:
      'See the component receiving in the details of /readyz: network, token, or another program that polls with it.',
    course: [
      { metric: 'telegram_receiving', phases: [1, 0, 1] },
      // a webhook without traffic is no fault
      { metric: 'telegram_last_received_time_seconds', labels: { mode: 'webhook' }, phases: [1, 1, 1] },
    ],
    more: [
      [
        { metric: 'telegram_receiving', phases: [1, 1, 1] },
        {
          metric: 'telegram_last_received_time_seconds',
          labels: { mode: 'polling' },
          // a minute late, then five, then not at all
          phases: '0+0x1 60+60x37 2100+60x39 4800+60x39',
        },
      ],
    ],
  },
  {
    name: 'NotSending',
    severity: 'critical',
    expr: `min_over_time(outbox_unsent_messages[5m]) > 0 unless on (job, instance) sum ${PER_PROGRAM} (increase(telegram_requests_total{method=~"send.+", outcome="ok"}[5m])) > 0`,
    for: '5m',
    summary: 'Messages wait and none is sent',
    remedy: 'See the component sending in the details of /readyz, and the log.',
    course: [
      { metric: 'outbox_unsent_messages', phases: [3, 3, 0] },
      {
        metric: 'telegram_requests_total',
        labels: { method: 'sendMessage', outcome: 'ok' },
        phases: [2, 0, 0],
        grows: true,
      },
    ],
  },
  {
    name: 'OutboxBacklog',
    severity: 'warning',
    expr: 'min_over_time(outbox_unsent_messages[5m]) > 500',
    for: '10m',
    summary: 'Hundreds of messages wait to be sent',
    remedy: 'Telegram allows 30 messages a second; a broadcast may wait longer. Look at the 429s.',
    course: [{ metric: 'outbox_unsent_messages', phases: [400, 900, 10] }],
  },
  {
    name: 'Flood',
    severity: 'warning',
    expr: 'increase(telegram_flood_waits_total[15m]) > 20',
    for: '5m',
    summary: 'Telegram keeps asking the assistant to slow down (429)',
    remedy: 'Lower telegram.limits, or stop another program that sends with the same token.',
    course: [{ metric: 'telegram_flood_waits_total', phases: [1, 4, 0], grows: true }],
  },
  {
    name: 'UpdateSetAside',
    severity: 'warning',
    expr: 'increase(inbox_updates_parked_total[30m]) > 0',
    for: '0m',
    summary: 'A message ended the assistant repeatedly and was set aside',
    remedy: 'The log names the plugin. "pluggram replay" tries the message again.',
    course: [{ metric: 'inbox_updates_parked_total', phases: [0, 0.2, 0], grows: true }],
  },
  {
    name: 'PluginDown',
    severity: 'warning',
    expr: 'plugin_up == 0',
    for: '5m',
    summary: 'The plugin $plugin is parked or cannot start',
    remedy: '"pluggram status" says why; "pluggram plugins restart NAME" tries again.',
    labels: ['plugin'],
    course: [{ metric: 'plugin_up', labels: { plugin: 'weather' }, phases: [1, 0, 1] }],
  },
  {
    name: 'Errors',
    severity: 'warning',
    expr: `sum ${PER_PLUGIN} (increase(plugin_requests_total{outcome=~"error|timeout|crash"}[15m])) > 5 and sum ${PER_PLUGIN} (increase(plugin_requests_total{outcome=~"error|timeout|crash"}[15m])) > 0.2 * sum ${PER_PLUGIN} (increase(plugin_requests_total{outcome!="pass"}[15m]))`,
    for: '5m',
    summary: 'More than a fifth of the messages to $plugin fail',
    remedy: 'Look for "plugin failed" in the log.',
    labels: ['plugin'],
    course: [
      {
        metric: 'plugin_requests_total',
        labels: { plugin: 'weather', outcome: 'ok' },
        phases: [10, 10, 10],
        grows: true,
      },
      {
        metric: 'plugin_requests_total',
        labels: { plugin: 'weather', outcome: 'error' },
        phases: [1, 5, 0],
        grows: true,
      },
    ],
    // few messages say little
    more: [
      [
        {
          metric: 'plugin_requests_total',
          labels: { plugin: 'weather', outcome: 'timeout' },
          phases: [0.25, 0.5, 0.25],
          grows: true,
        },
      ],
    ],
  },
  {
    name: 'SlowAnswers',
    severity: 'warning',
    expr: 'histogram_quantile(0.9, sum by (job, instance, plugin, le) (rate(plugin_processing_seconds_bucket[15m]))) > 30',
    for: '10m',
    summary: 'Answers of $plugin take longer than half a minute',
    remedy: 'Look at the times of models and of other servers that the plugin asks.',
    labels: ['plugin'],
    course: (
      [
        ['10', [1, 1, 10]],
        ['30', [10, 1, 10]],
        ['60', [10, 10, 10]],
        ['+Inf', [10, 10, 10]],
      ] as const
    ).map(([le, phases]) => ({
      metric: 'plugin_processing_seconds_bucket',
      labels: { plugin: 'ai_chatbot', le },
      phases,
      grows: true,
    })),
  },
  {
    name: 'ModelFailing',
    severity: 'critical',
    expr: 'sum by (job, instance, model) (increase(ai_requests_total{outcome!="ok"}[10m])) > 2 and sum by (job, instance, model) (increase(ai_requests_total{outcome!="ok"}[10m])) > 0.5 * sum by (job, instance, model) (increase(ai_requests_total[10m]))',
    for: '5m',
    summary: 'The model $model fails for most questions',
    remedy: 'See the component models in the details of /readyz: key, quota, or a server that is down.',
    labels: ['model'],
    course: [
      {
        metric: 'ai_requests_total',
        labels: { model: 'openai:gpt-5', outcome: 'ok' },
        phases: [3, 0, 3],
        grows: true,
      },
      {
        metric: 'ai_requests_total',
        labels: { model: 'openai:gpt-5', outcome: 'timeout' },
        phases: [1, 3, 0],
        grows: true,
      },
    ],
    more: [
      [
        {
          metric: 'ai_requests_total',
          labels: { model: 'openai:gpt-5', outcome: 'failed' },
          phases: [0.15, 0.5, 0.15],
          grows: true,
        },
      ],
    ],
  },
  {
    name: 'BudgetNearlyUsed',
    severity: 'warning',
    expr: 'ai_budget_used_ratio >= 0.8 < 1',
    for: '1m',
    summary: 'Four fifths of a budget for the $period are used up ($scope)',
    remedy: 'Raise it under ai.budgets, or wait for the next period.',
    labels: ['scope', 'plugin', 'period'],
    course: [
      {
        metric: 'ai_budget_used_ratio',
        labels: { scope: 'overall', plugin: '', period: 'day' },
        // beyond it, the next alert says so
        phases: [0.7, 0.85, 1.1],
      },
    ],
  },
  {
    name: 'BudgetUsed',
    severity: 'critical',
    expr: 'ai_budget_used_ratio >= 1',
    for: '1m',
    summary: 'A budget for the $period is used up ($scope)',
    remedy: 'Models refuse or a cheaper one answers until the next period. Raise it under ai.budgets.',
    labels: ['scope', 'plugin', 'period'],
    course: [
      {
        metric: 'ai_budget_used_ratio',
        labels: { scope: 'plugin', plugin: 'translate', period: 'month' },
        phases: [0.95, 1.2, 0],
      },
    ],
  },
  {
    name: 'EventLoopBlocked',
    severity: 'warning',
    expr: 'nodejs_eventloop_delay_seconds > 1',
    for: '5m',
    summary: 'The assistant is busy with something for more than a second at a time, again and again',
    remedy: 'Mostly a plugin that runs inline, or a machine that is too small or swaps.',
    course: [{ metric: 'nodejs_eventloop_delay_seconds', phases: [0.6, 2, 0.01] }],
  },
  {
    name: 'DiskLow',
    severity: 'critical',
    expr: 'data_disk_free_bytes < 500e6 or data_disk_free_bytes / data_disk_size_bytes < 0.05',
    for: '5m',
    summary: 'The disk of the data folder is nearly full',
    remedy: 'Free some space. When it is full, new messages wait at Telegram.',
    course: [
      { metric: 'data_disk_free_bytes', phases: [600e6, 200e6, 1e9] },
      { metric: 'data_disk_size_bytes', phases: [2e9, 2e9, 2e9] },
    ],
    more: [
      [
        { metric: 'data_disk_free_bytes', phases: [6e9, 4e9, 50e9] },
        { metric: 'data_disk_size_bytes', phases: [100e9, 100e9, 100e9] },
      ],
    ],
  },
  {
    name: 'Restarts',
    severity: 'warning',
    expr: 'changes(pluggram_start_time_seconds[30m]) > 3',
    for: '0m',
    summary: 'The assistant starts again and again',
    remedy: 'See the end of the log before each start, and whether the system ended it for its memory.',
    // three starts are not many, five are
    course: [
      {
        metric: 'pluggram_start_time_seconds',
        phases:
          '100+0x20 200+0x8 300+0x3 400+0x5 400+0x10 600+0x5 700+0x5 800+0x5 900+0x5 1000+0x4 1000+0x39',
      },
    ],
  },
  {
    name: 'BackupOld',
    severity: 'warning',
    expr: 'time() - backup_last_time_seconds > 2 * backup_interval_seconds',
    for: '10m',
    summary: 'The last backup is older than twice the interval',
    remedy: 'The component backup in the details of /readyz says why it failed.',
    course: [
      { metric: 'backup_interval_seconds', phases: [600, 600, 600] },
      // late by half, then no more, then in time
      { metric: 'backup_last_time_seconds', phases: '0+0x14 0+60x24 1440+0x39 4800+60x39' },
    ],
  },
  {
    name: 'MemoryGrows',
    severity: 'warning',
    expr: 'min_over_time(process_resident_memory_bytes[30m]) > 300e6 and min_over_time(process_resident_memory_bytes[30m]) > 1.5 * min_over_time(process_resident_memory_bytes[30m] offset 6h)',
    for: '30m',
    summary: 'The assistant uses half as much memory again as six hours ago, and more than 300 MB',
    remedy: 'Look for a plugin that runs inline and keeps data; a restart frees the memory.',
    phaseMinutes: 420,
    course: [
      {
        metric: 'process_resident_memory_bytes',
        // much, but no more than before; then it grows
        phases: '400e6+0x419 400e6+1e6x419 200e6+0x419',
      },
    ],
  },
]
