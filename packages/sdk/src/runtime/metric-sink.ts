/** A metric as a plugin registered it, under the plugin's own name for it. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Of a histogram. */
  readonly buckets?: readonly number[]
}

/** What happened to one series of a metric. */
export interface MetricChange {
  readonly operation: 'add' | 'set' | 'observe'
  /** One value for each label of the definition, in its order. */
  readonly labelValues: readonly string[]
  readonly value: number
}

/** Takes what plugins count. Never throws: counting must not break what is counted. */
export interface MetricSink {
  record(definition: MetricDefinition, change: MetricChange): void
}
