import type { AiUsage } from '@pluggram/sdk'
import { Counter, Histogram, Registry } from 'prom-client'
import { definitionOf, METRICS } from './metric-table.ts'
import type { MetricName, MetricRow } from './metric-table.ts'
import { showProcess } from './process-metrics.ts'
import { createShowMetric } from './shown-metrics.ts'
import type { ShowMetric } from './shown-metrics.ts'
import { showStatistics } from './statistics-metrics.ts'
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

/** The outcome of a question to a language model. */
type ModelOutcome = 'ok' | 'timeout' | 'failed'

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
  /** Counts a question to a language model; the seconds are those until the first word. */
  modelAsked(model: string, outcome: ModelOutcome, seconds: number): void
  modelUsed(model: string, usage: AiUsage): void
  /** Exposes a figure kept elsewhere; it is read on each scrape. */
  readonly show: ShowMetric
  /** The same for many of them. */
  watch(source: StatisticsSource): void
}

const FAILURES: ReadonlySet<PluginOutcome> = new Set<PluginOutcome>(['error', 'timeout', 'crash'])
/** Models beyond this count together: a name that a server reports must not make a series each. */
const MOST_MODELS = 50

/** Creates the registry with the assistant's metrics in it. */
export function createAssistantMetrics(): AssistantMetrics {
  const registry = new Registry()
  const failures = new Counts()
  const registers = [registry]
  const counter = (name: MetricName): Counter => new Counter({ ...definitionOf(name), registers })
  const histogram = (name: MetricName): Histogram => {
    const { buckets = [] }: MetricRow = METRICS[name]
    return new Histogram({ ...definitionOf(name), buckets: [...buckets], registers })
  }
  const requests = counter('plugin_requests_total')
  const processing = histogram('plugin_processing_seconds')
  const exceptions = counter('plugin_exceptions_total')
  const refusals = counter('plugin_refusals_total')
  const http = counter('plugin_http_requests_total')
  const telegram = counter('telegram_requests_total')
  const telegramSeconds = histogram('telegram_request_seconds')
  const questions = counter('ai_requests_total')
  const firstWord = histogram('ai_first_word_seconds')
  const tokens = counter('ai_tokens_total')
  const money = counter('ai_money_total')
  const show = createShowMetric(registry)
  const startedAt = Date.now() / 1_000
  show('pluggram_start_time_seconds', () => startedAt)
  showProcess(show)

  const models = new Set<string>()
  const known = (model: string): string => {
    if (models.size < MOST_MODELS) models.add(model)
    return models.has(model) ? model : 'other'
  }
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
    modelAsked(name, outcome, seconds) {
      const model = known(name)
      questions.labels(model, outcome).inc()
      if (outcome === 'ok') firstWord.labels(model).observe(seconds)
    },
    modelUsed(name, { inputTokens, outputTokens, money: spent = 0 }) {
      const model = known(name)
      tokens.labels(model, 'input').inc(inputTokens)
      tokens.labels(model, 'output').inc(outputTokens)
      money.labels(model).inc(spent)
    },
    show,
    watch: (source) => showStatistics(show, source),
  }
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
