/** The rows of the dashboard, in order, and the parts of the reference page. */
export const METRIC_GROUPS = {
  overview: 'Overview',
  messages: 'Messages',
  plugins: 'Plugins',
  delivery: 'Delivery',
  models: 'Models and money',
  process: 'Process',
} as const

/** One metric of the assistant. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly group: keyof typeof METRIC_GROUPS
  /** One sentence without a full stop and without Markdown. */
  readonly help: string
  /** What only the reference page says, in Markdown. */
  readonly more?: string
  readonly labels?: readonly string[]
  readonly buckets?: readonly number[]
}

const CALL_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
const TELEGRAM_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const MODEL_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60]

/**
 * Every metric of the assistant. `/metrics`, docs/reference/metrics.md and the dashboard in deploy/
 * are made from it. A label never holds an id, a name or a text of a chat.
 */
export const METRICS = {
  pluggram_start_time_seconds: {
    kind: 'gauge',
    group: 'overview',
    help: 'When the assistant was started, in seconds since 1970',
  },
  health_component_ok: {
    kind: 'gauge',
    group: 'overview',
    labels: ['component'],
    help: 'Health of each part as in the details of /readyz: 1 works, 0.5 works in part, 0 failed or is starting',
  },
  findings_open: {
    kind: 'gauge',
    group: 'overview',
    labels: ['severity'],
    help: 'Problems that are found right now, as pluggram doctor shows them',
    more: 'Severities: `error`, `warning`; see [findings.md](findings.md)',
  },
  backup_last_time_seconds: {
    kind: 'gauge',
    group: 'overview',
    help: 'When the newest backup was made, in seconds since 1970',
    more: 'Absent without `backup.every_hours`, 0 while there is none',
  },
  backup_interval_seconds: {
    kind: 'gauge',
    group: 'overview',
    help: 'How often a backup is to be made',
    more: 'Absent without `backup.every_hours`',
  },
  inbox_updates_accepted_total: { kind: 'counter', group: 'messages', help: 'Updates taken in' },
  inbox_updates_answered_total: { kind: 'counter', group: 'messages', help: 'Updates that were worked off' },
  inbox_updates_failed_total: { kind: 'counter', group: 'messages', help: 'Updates whose plugin failed' },
  inbox_updates_parked_total: {
    kind: 'counter',
    group: 'messages',
    help: 'Updates set aside because they ended the program repeatedly',
  },
  lanes_pending_updates: {
    kind: 'gauge',
    group: 'messages',
    help: 'Updates that wait in lanes or are being answered',
  },
  telegram_receiving: {
    kind: 'gauge',
    group: 'messages',
    help: '1 while updates can arrive: a poll is held, or the webhook is set',
  },
  telegram_last_received_time_seconds: {
    kind: 'gauge',
    group: 'messages',
    labels: ['mode'],
    help: 'When the last poll was answered or the last update delivered, in seconds since 1970',
    more: 'Modes: `polling`, where a poll is answered every 5 seconds at the latest, and `webhook`',
  },
  plugin_requests_total: {
    kind: 'counter',
    group: 'plugins',
    labels: ['plugin', 'outcome'],
    help: 'Messages that a plugin was asked about',
    more: 'Outcomes: `ok`, `refused` (answered with `success: false`: the message was wrong, the plugin is not), `pass` (not mine), `error`, `timeout`, `crash`',
  },
  plugin_processing_seconds: {
    kind: 'histogram',
    group: 'plugins',
    labels: ['plugin'],
    buckets: CALL_BUCKETS,
    help: 'How long a plugin took for a message, its answer written to the end',
  },
  plugin_exceptions_total: {
    kind: 'counter',
    group: 'plugins',
    labels: ['plugin'],
    help: 'Errors that plugins reported with captureException',
  },
  plugin_refusals_total: {
    kind: 'counter',
    group: 'plugins',
    labels: ['plugin', 'permission'],
    help: 'Calls of plugins that were refused',
    more: 'By the [permission](permissions.md) that they lack, or `requires`',
  },
  plugin_http_requests_total: {
    kind: 'counter',
    group: 'plugins',
    labels: ['plugin', 'outcome'],
    help: 'Requests of plugins to other servers',
    more: 'Outcomes: `ok`, `client-error`, `server-error`, `failed` (no answer), `refused` (not granted), `limited`, `open` (the host is left alone), `cached`',
  },
  plugin_up: {
    kind: 'gauge',
    group: 'plugins',
    labels: ['plugin'],
    help: '1 when the plugin can be asked, 0 when it failed, is parked or restarting',
  },
  plugin_recent_crashes: {
    kind: 'gauge',
    group: 'plugins',
    labels: ['plugin'],
    help: "Crashes of the plugin's process within the last five minutes",
  },
  outbox_unsent_messages: {
    kind: 'gauge',
    group: 'delivery',
    help: 'Messages that are on disk and not sent yet',
  },
  outbox_undelivered_total: { kind: 'counter', group: 'delivery', help: 'Messages given up' },
  outbox_ambiguous_total: { kind: 'counter', group: 'delivery', help: 'Sends with unknown outcome' },
  telegram_requests_total: {
    kind: 'counter',
    group: 'delivery',
    labels: ['method', 'outcome'],
    help: 'Calls to the Bot API',
    more: 'Outcomes: `ok`, `refused`, `flood` (429), `failed`',
  },
  telegram_request_seconds: {
    kind: 'histogram',
    group: 'delivery',
    labels: ['method'],
    buckets: TELEGRAM_BUCKETS,
    help: 'How long calls to the Bot API took; held polls are left out',
  },
  telegram_repeated_sends_total: {
    kind: 'counter',
    group: 'delivery',
    help: 'Messages sent again because the answer to an earlier try was lost',
  },
  telegram_flood_waits_total: {
    kind: 'counter',
    group: 'delivery',
    help: 'How often Telegram asked to slow down (429)',
  },
  telegram_blocked_chats: {
    kind: 'gauge',
    group: 'delivery',
    help: 'Chats left alone since the bot is blocked there',
  },
  ai_requests_total: {
    kind: 'counter',
    group: 'models',
    labels: ['model', 'outcome'],
    help: 'Questions to language models',
    more: 'Outcomes: `ok`, `timeout` (no word in time), `failed`. A question that goes to the next model of a list counts for each',
  },
  ai_first_word_seconds: {
    kind: 'histogram',
    group: 'models',
    labels: ['model'],
    buckets: MODEL_BUCKETS,
    help: 'How long models took for the first word of an answer',
  },
  ai_tokens_total: {
    kind: 'counter',
    group: 'models',
    labels: ['model', 'direction'],
    help: 'Tokens that models were sent and wrote',
    more: 'Directions: `input`, `output`',
  },
  ai_money_total: {
    kind: 'counter',
    group: 'models',
    labels: ['model'],
    help: 'What models cost, in the currency of prices.json',
  },
  ai_budget_used_ratio: {
    kind: 'gauge',
    group: 'models',
    labels: ['scope', 'plugin', 'period'],
    help: 'Part of a budget that is used up, 0 to 1 and beyond',
    more: 'Scopes: `overall`, `plugin`; periods: `day`, `month`. Only for budgets that are set',
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    group: 'process',
    help: 'Processor time of the assistant, without plugin processes',
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    group: 'process',
    help: 'Memory of the assistant, without plugin processes',
  },
  nodejs_heap_used_bytes: { kind: 'gauge', group: 'process', help: 'JavaScript objects in memory' },
  nodejs_eventloop_utilization: {
    kind: 'gauge',
    group: 'process',
    help: 'Part of the time, 0 to 1, in which the event loop was busy since it was last asked',
  },
  nodejs_eventloop_delay_seconds: {
    kind: 'gauge',
    group: 'process',
    help: 'The longest delay of the event loop within the last minute',
  },
  nodejs_eventloop_blocks_total: {
    kind: 'counter',
    group: 'process',
    help: 'How often the event loop was blocked for two seconds or longer',
  },
  data_disk_free_bytes: {
    kind: 'gauge',
    group: 'process',
    help: 'Free space where the data folder is',
  },
  data_disk_size_bytes: {
    kind: 'gauge',
    group: 'process',
    help: 'Size of the disk where the data folder is',
  },
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof METRICS

/** What prom-client wants to know of a metric. */
export function definitionOf(name: MetricName): {
  readonly name: MetricName
  readonly help: string
  readonly labelNames: string[]
} {
  const { help, labels = [] }: MetricRow = METRICS[name]
  return { name, help, labelNames: [...labels] }
}
