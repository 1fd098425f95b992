/** One value of a metric. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>
  /** For a histogram: the number of recorded values. */
  readonly value: number
  /** For a histogram: the sum of the recorded values. */
  readonly sum?: number
  /** For a histogram: the cumulative count for each upper bound. */
  readonly buckets?: readonly { readonly upTo: number; readonly count: number }[]
}

/** A metric of the assistant or of a plugin, as `/metrics` shows it. */
export interface MetricReading {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly MetricSample[]
}

/**
 * Reads the assistant's metrics. Needs `permissions: { metrics: true }` and the owner's consent.
 */
export interface StatisticsService {
  /**
   * @param names default: all metrics
   * @throws PermissionError
   */
  read(names?: readonly string[]): Promise<readonly MetricReading[]>
}
