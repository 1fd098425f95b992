import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { addProcessMetrics } from './process-metrics.ts'
import { addStatisticsMetrics } from './statistics-metrics.ts'
import type { StatisticsSource } from './statistics-metrics.ts'

/** The outcome of one message in one plugin. */
type PluginOutcome = 'ok' | 'refused' | 'pass' | 'error' | 'timeout' | 'crash'
/** The outcome of a plugin's HTTP request. */
type HttpOutcome =
  | 'ok'
  | 'client-error'
  | 'server-error'
  | 'failed'
  | 'refused'
  | 'limited'
  | 'open'
  | 'cached'
/** The outcome of a Bot API call. */
type TelegramOutcome = 'ok' | 'refused' | 'flood' | 'failed'

/** The assistant's own metrics; docs/reference/metrics.md explains each one. */
export interface AssistantMetrics {
  /** The registry behind `/metrics`. */
  readonly registry: Registry
  pluginCalled(plugin: string, outcome: PluginOutcome, seconds: number): void
  /** How often each plugin has failed since the start; plugins that never did are missing. */
  readonly failures: ReadonlyMap<string, number>
  exceptionCaptured(plugin: string): void
  /** Counts a plugin's use of a permission it does not have. */
  pluginRefused(plugin: string, permission: string): void
  httpRequested(plugin: string, outcome: HttpOutcome): void
  telegramCalled(method: string, outcome: TelegramOutcome, seconds: number): void
  /** Exposes figures kept elsewhere; they are read on each scrape. */
  watch(source: StatisticsSource): void
}

const FAILURES: ReadonlySet<PluginOutcome> = new Set<PluginOutcome>(['error', 'timeout', 'crash'])
const CALL_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
const TELEGRAM_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Creates the registry with the assistant's metrics in it. */
export function createAssistantMetrics(): AssistantMetrics {
  const registry = new Registry()
  const failures = new Counts()
  const registers = [registry]
  const requests = new Counter({
    name: 'plugin_requests_total',
    help: 'Messages that a plugin was asked about, by what came of it',
    labelNames: ['plugin', 'outcome'],
    registers,
  })
  const processing = new Histogram({
    name: 'plugin_processing_seconds',
    help: 'How long a plugin took for a message, its answer written to the end',
    labelNames: ['plugin'],
    buckets: CALL_BUCKETS,
    registers,
  })
  const exceptions = new Counter({
    name: 'plugin_exceptions_total',
    help: 'Errors that plugins reported with captureException',
    labelNames: ['plugin'],
    registers,
  })
  const refusals = new Counter({
    name: 'plugin_refusals_total',
    help: 'Calls of plugins that were refused, by the permission that they lack',
    labelNames: ['plugin', 'permission'],
    registers,
  })
  const http = new Counter({
    name: 'plugin_http_requests_total',
    help: 'Requests of plugins to other servers, by what came of them',
    labelNames: ['plugin', 'outcome'],
    registers,
  })
  const telegram = new Counter({
    name: 'telegram_requests_total',
    help: 'Calls to the Bot API, by what came of them',
    labelNames: ['method', 'outcome'],
    registers,
  })
  const telegramSeconds = new Histogram({
    name: 'telegram_request_seconds',
    help: 'How long calls to the Bot API took; held polls are left out',
    labelNames: ['method'],
    buckets: TELEGRAM_BUCKETS,
    registers,
  })
  addStartTime(registry)
  addProcessMetrics(registry)

  const countRequest = remembered((plugin, outcome) => requests.labels(plugin, outcome))
  const countTelegram = remembered((method, outcome) => telegram.labels(method, outcome))
  const timePlugin = remembered((plugin) => processing.labels(plugin))
  const timeTelegram = remembered((method) => telegramSeconds.labels(method))
  return {
    registry,
    failures,
    pluginCalled(plugin, outcome, seconds) {
      if (FAILURES.has(outcome)) failures.add(plugin)
      countRequest(plugin, outcome).inc()
      timePlugin(plugin, '').observe(seconds)
    },
    exceptionCaptured(plugin) {
      failures.add(plugin)
      exceptions.labels(plugin).inc()
    },
    pluginRefused: (plugin, permission) => refusals.labels(plugin, permission).inc(),
    httpRequested: (plugin, outcome) => http.labels(plugin, outcome).inc(),
    telegramCalled(method, outcome, seconds) {
      countTelegram(method, outcome).inc()
      if (method !== 'getUpdates') timeTelegram(method, '').observe(seconds)
    },
    watch: (source) => addStatisticsMetrics(registry, source),
  }
}

function addStartTime(registry: Registry): void {
  const started = new Gauge({
    name: 'pluggram_start_time_seconds',
    help: 'When the assistant was started, in seconds since 1970',
    registers: [registry],
  })
  started.set(Date.now() / 1_000)
}

class Counts extends Map<string, number> {
  add(name: string): void {
    this.set(name, (this.get(name) ?? 0) + 1)
  }
}

/**
 * Caches the lookup of a series. prom-client builds a string of all labels each time, which is slow
 * on the path of every message.
 */
function remembered<Series>(
  find: (first: string, second: string) => Series,
): (first: string, second: string) => Series {
  const known = new Map<string, Map<string, Series>>()
  return (first, second) => {
    let inner = known.get(first)
    if (!inner) known.set(first, (inner = new Map()))
    let series = inner.get(second)
    if (!series) inner.set(second, (series = find(first, second)))
    return series
  }
}
