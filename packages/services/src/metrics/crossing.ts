import { errorMessage } from '@pluggram/sdk'
import type { MetricLabels, MetricsService } from '@pluggram/sdk'
import { z } from 'zod'
import type { Crossing } from '../crossing/links.ts'
import { parseArgs } from '../crossing/parse-args.ts'
import { MetricBatches } from './metric-batches.ts'
import { createMetricsService } from './metrics-service.ts'

const text = () => z.string().max(500)
const batchSchema = () =>
  z
    .array(
      z.object({
        definition: z.object({
          kind: z.enum(['counter', 'gauge', 'histogram']),
          name: text(),
          help: text(),
          labels: z.array(text()).max(8),
          buckets: z.array(z.number()).max(30).optional(),
        }),
        operation: z.enum(['add', 'set', 'observe']),
        labelValues: z.array(text()).max(8),
        values: z.array(z.number()).max(2_000),
      }),
    )
    .max(500)

type Item = z.infer<ReturnType<typeof batchSchema>>[number]

/** Changes cross in batches. The host checks them again, as if they had been made there. */
export const metricsCrossing: Crossing<MetricsService> = {
  plugin(link) {
    const batches = new MetricBatches((batch) => link.note('record', [batch]))
    link.onEnd(() => batches.flush())
    return createMetricsService(batches)
  },
  host(metrics, { logger }) {
    let hasWarned = false
    const warn = (message: string): void => {
      if (!hasWarned) logger.warn(`some metrics are not counted: ${message}`)
      hasWarned = true
    }
    return { record: ([batch]) => takeBatch(metrics, batch, warn) }
  },
}

function takeBatch(metrics: MetricsService, batch: unknown, warn: (message: string) => void): void {
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      warn(errorMessage(error))
    }
  }
  // a refused item does not affect the others
  attempt(() => {
    for (const item of parseArgs('metrics', batchSchema, batch)) attempt(() => apply(metrics, item))
  })
}

function apply(metrics: MetricsService, { definition, operation, labelValues, values }: Item): void {
  const { kind, name, help, labels, buckets } = definition
  const given: MetricLabels = Object.fromEntries(labels.map((label, at) => [label, labelValues[at] ?? '']))
  const options = { help, labels, ...(buckets && { buckets }) }
  for (const value of values) {
    if (kind === 'counter') metrics.counter(name, options).inc(given, value)
    else if (kind === 'histogram') metrics.histogram(name, options).observe(given, value)
    else if (operation === 'set') metrics.gauge(name, options).set(given, value)
    else metrics.gauge(name, options).inc(given, value)
  }
}
