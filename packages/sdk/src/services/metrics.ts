/** Values of a metric's labels, for example `{ city: 'Oslo' }`. An omitted label is empty. */
export type MetricLabels = Readonly<Record<string, string | number | boolean>>

export interface MetricOptions {
  /** A one-line description, shown in `/metrics`. */
  readonly help: string
  /** Label names, at most 8. Use labels with few distinct values, never a user's id or text. */
  readonly labels?: readonly string[]
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, ascending, at most 30. Default: 5 ms to 30 s, for durations in seconds. */
  readonly buckets?: readonly number[]
}

/** A value that only increases, such as a number of requests or errors. */
export interface Counter {
  /** Adds 1, or `value`, which must not be negative. */
  inc(value?: number): void
  inc(labels: MetricLabels, value?: number): void
}

/** A value that goes up and down, such as open connections or a temperature. */
export interface Gauge {
  set(value: number): void
  set(labels: MetricLabels, value: number): void
  inc(value?: number): void
  inc(labels: MetricLabels, value?: number): void
  dec(value?: number): void
  dec(labels: MetricLabels, value?: number): void
}

/** Counts values in buckets; mostly used for durations in seconds. */
export interface Histogram {
  observe(value: number): void
  observe(labels: MetricLabels, value: number): void
  /** Starts a timer. The returned function records the elapsed seconds and returns them. */
  startTimer(labels?: MetricLabels): () => number
}

/**
 * The plugin's counters, gauges and histograms. `counter('lookups_total', …)` of the plugin
 * `weather` appears in `/metrics` as `plugin_weather_lookups_total`. Calls with the same name
 * return the same metric. A plugin can have at most 50 metrics and 500 series (distinct label
 * values). Anything beyond is not counted, and a warning is logged once.
 * @throws MetricError when a name, label or bucket is invalid, or the name is used by a metric of
 * another kind
 */
export interface MetricsService {
  counter(name: string, options: MetricOptions): Counter
  gauge(name: string, options: MetricOptions): Gauge
  histogram(name: string, options: HistogramOptions): Histogram
}
