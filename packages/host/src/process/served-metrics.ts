import { errorMessage } from '@pluggram/sdk'
import type { MetricLabels, Services } from '@pluggram/sdk'
import { z } from 'zod'

const text = z.string().max(500)
const itemSchema = z.object({
  definition: z.object({
    kind: z.enum(['counter', 'gauge', 'histogram']),
    name: text,
    help: text,
    labels: z.array(text).max(8),
    buckets: z.array(z.number()).max(30).optional(),
  }),
  operation: z.enum(['add', 'set', 'observe']),
  labelValues: z.array(text).max(8),
  values: z.array(z.number()).max(2_000),
})
const batchSchema = z.array(itemSchema).max(500)

/** Takes what a plugin process counted; it passes the same checks again as if it had been counted here. */
export class ServedMetrics {
  readonly #services: Pick<Services, 'metrics' | 'logger'>
  #hasWarned = false

  constructor(services: Pick<Services, 'metrics' | 'logger'>) {
    this.#services = services
  }

  take(batch: unknown): void {
    const parsed = batchSchema.safeParse(batch)
    if (!parsed.success) return this.#warn('sent metrics of a shape that is none')
    for (const item of parsed.data) {
      try {
        this.#apply(item)
      } catch (error) {
        this.#warn(errorMessage(error))
      }
    }
  }

  #apply({ definition, operation, labelValues, values }: z.infer<typeof itemSchema>): void {
    const { metrics } = this.#services
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

  #warn(message: string): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#services.logger.warn(`some metrics are not counted: ${message}`)
  }
}
