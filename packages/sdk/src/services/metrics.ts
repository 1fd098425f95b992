/**
 * Values of a metric's labels, for example `{ city: 'Oslo' }`; a label that is left out is empty.
 */
export type MetricLabels = Readonly<Record<string, string | number | boolean>>

export interface MetricOptions {
  /** One line for whoever reads `/metrics`. */
  readonly help: string
  /** Names of the labels. Keep their values few: never a user's id or text. At most 8. */
  readonly labels?: readonly string[]
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, ascending, at most 30. Default: 5 ms to 30 s, for durations in seconds. */
  readonly buckets?: readonly number[]
}

/** Counts up: requests, errors. */
export interface Counter {
  /** Adds 1, or `value`, which must not be negative. */
  inc(value?: number): void
  inc(labels: MetricLabels, value?: number): void
}

/** Goes up and down: open connections, a temperature. */
export interface Gauge {
  set(value: number): void
  set(labels: MetricLabels, value: number): void
  inc(value?: number): void
  inc(labels: MetricLabels, value?: number): void
  dec(value?: number): void
  dec(labels: MetricLabels, value?: number): void
}

/** Puts values, mostly durations in seconds, into buckets. */
export interface Histogram {
  observe(value: number): void
  observe(labels: MetricLabels, value: number): void
  /** Begins to measure; the returned function observes the seconds since then and gives them. */
  startTimer(labels?: MetricLabels): () => number
}

/**
 * Counters, gauges and histograms of the plugin; `/metrics` shows `counter('lookups_total', …)` of
 * the plugin `weather` as `plugin_weather_lookups_total`. Asking again for a name gives the same
 * metric. A plugin has at most 50 metrics and 500 series (values of labels that differ); what is
 * beyond is not counted, and the log says so once.
 * @throws MetricError when a name, label or bucket cannot be used, or the name is used with another
 * kind
 */
export interface MetricsService {
  counter(name: string, options: MetricOptions): Counter
  gauge(name: string, options: MetricOptions): Gauge
  histogram(name: string, options: HistogramOptions): Histogram
}
