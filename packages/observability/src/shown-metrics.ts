import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { Awaitable } from '@pluggram/sdk'
import { definitionOf, METRICS } from './metric-table.ts'
import type { MetricName } from './metric-table.ts'

/** One figure: a number, or several with their labels. `undefined` shows nothing. */
type Figures =
  | number
  | undefined
  | readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]

/**
 * Shows a figure that is kept elsewhere. It is read when somebody asks for the metrics; when that
 * fails, it is left out and the others are shown.
 */
export type ShowMetric = (name: MetricName, read: () => Awaitable<Figures>) => void

export function createShowMetric(registry: Registry): ShowMetric {
  return (name, read) => {
    const options = { ...definitionOf(name), registers: [registry] }
    const fill = async (
      reset: () => void,
      set: (labels: Readonly<Record<string, string>>, value: number) => void,
    ): Promise<void> => {
      const figures = await figuresOf(read)
      reset()
      if (typeof figures === 'number') set({}, figures)
      else for (const { labels, value } of figures ?? []) set(labels, value)
    }
    if (METRICS[name].kind === 'counter') {
      const counter: Counter = new Counter({
        ...options,
        collect: () =>
          fill(
            () => clear(counter, options.labelNames),
            (labels, value) => counter.inc(labels, value),
          ),
      })
      return
    }
    const gauge: Gauge = new Gauge({
      ...options,
      collect: () =>
        fill(
          () => clear(gauge, options.labelNames),
          (labels, value) => gauge.set(labels, value),
        ),
    })
  }
}

async function figuresOf(read: () => Awaitable<Figures>): Promise<Figures> {
  try {
    return await read()
  } catch {
    return undefined
  }
}

function clear(metric: Counter | Gauge, labels: readonly string[]): void {
  metric.reset()
  // without labels, reset leaves a 0
  if (labels.length === 0) metric.remove()
}
