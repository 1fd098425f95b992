/** A metric as a plugin registered it, without the plugin's prefix. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Only for histograms. */
  readonly buckets?: readonly number[]
}

/** A change to one series of a metric. */
export interface MetricChange {
  readonly operation: 'add' | 'set' | 'observe'
  /** One value per label, in the order of the definition. */
  readonly labelValues: readonly string[]
  readonly value: number
}

/**
 * Records plugins' metrics. Never throws: recording a metric must not break the code that is
 * measured.
 */
export interface MetricSink {
  record(definition: MetricDefinition, change: MetricChange): void
}
