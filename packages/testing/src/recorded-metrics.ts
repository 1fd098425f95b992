import type { MetricsService } from '@pluggram/sdk'
import { createMetricsService } from '@pluggram/services/plugin-side'

/** One change of a metric. */
export interface RecordedMetric {
  readonly name: string
  readonly operation: 'add' | 'set' | 'observe'
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Metrics with the checks of the real ones, which record what a plugin did with them. */
export function createRecordedMetrics(): { service: MetricsService; records: readonly RecordedMetric[] } {
  const records: RecordedMetric[] = []
  const service = createMetricsService({
    record: ({ name, labels }, { operation, labelValues, value }) =>
      records.push({
        name,
        operation,
        value,
        labels: Object.fromEntries(labels.map((label, index) => [label, labelValues[index] ?? ''])),
      }),
  })
  return { service, records }
}
