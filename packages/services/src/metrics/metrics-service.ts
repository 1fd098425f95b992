import { MetricError } from '@pluggram/sdk'
import type { Counter, Gauge, Histogram, HistogramOptions, MetricLabels, MetricsService } from '@pluggram/sdk'
import type { MetricChange, MetricDefinition, MetricSink } from '@pluggram/sdk/runtime'
import { checkDefinition } from './check-definition.ts'

const MAX_METRICS = 50
const MAX_LABEL_VALUE = 100

/** The metrics of one plugin; changes go to `sink`, which may be in another process. */
export function createMetricsService(sink: MetricSink): MetricsService {
  const known = new Map<string, { definition: MetricDefinition; metric: unknown }>()

  function define<Metric>(
    kind: MetricDefinition['kind'],
    name: string,
    options: HistogramOptions,
    create: (change: Change) => Metric,
  ): Metric {
    const definition = checkDefinition(kind, name, options)
    const before = known.get(name)
    if (before) {
      checkSame(before.definition, definition)
      return before.metric as Metric
    }
    if (known.size >= MAX_METRICS) {
      throw new MetricError(
        `Metric ${name}: a plugin has at most ${MAX_METRICS} metrics. Use labels instead.`,
      )
    }
    const metric = create((operation, labels, value) => {
      if (Number.isFinite(value)) {
        sink.record(definition, { operation, labelValues: valuesOf(definition, labels), value })
      }
    })
    known.set(name, { definition, metric })
    return metric
  }

  return {
    counter: (name, options) => define('counter', name, options, createCounter),
    gauge: (name, options) => define('gauge', name, options, createGauge),
    histogram: (name, options) => define('histogram', name, options, createHistogram),
  }
}

type Change = (operation: MetricChange['operation'], labels: MetricLabels, value: number) => void

function createCounter(change: Change): Counter {
  return {
    inc(first?: number | MetricLabels, second?: number) {
      const [labels, value] = split(first, second, 1)
      if (value >= 0) change('add', labels, value)
    },
  }
}

function createGauge(change: Change): Gauge {
  return {
    set(first: number | MetricLabels, second?: number) {
      const [labels, value] = split(first, second, Number.NaN)
      change('set', labels, value)
    },
    inc(first?: number | MetricLabels, second?: number) {
      const [labels, value] = split(first, second, 1)
      change('add', labels, value)
    },
    dec(first?: number | MetricLabels, second?: number) {
      const [labels, value] = split(first, second, 1)
      change('add', labels, -value)
    },
  }
}

function createHistogram(change: Change): Histogram {
  return {
    observe(first: number | MetricLabels, second?: number) {
      const [labels, value] = split(first, second, Number.NaN)
      change('observe', labels, value)
    },
    startTimer(labels = {}) {
      const start = performance.now()
      return () => {
        const seconds = (performance.now() - start) / 1_000
        change('observe', labels, seconds)
        return seconds
      }
    },
  }
}

function split(
  first: number | MetricLabels | undefined,
  second: number | undefined,
  fallback: number,
): [MetricLabels, number] {
  return typeof first === 'object' && first !== null
    ? [first, second ?? fallback]
    : [{}, first ?? second ?? fallback]
}

/** In the order of the definition; unknown labels are dropped. */
function valuesOf({ labels }: MetricDefinition, given: MetricLabels): readonly string[] {
  return labels.map((label) => String(given[label] ?? '').slice(0, MAX_LABEL_VALUE))
}

function checkSame(before: MetricDefinition, after: MetricDefinition): void {
  const isSame =
    before.kind === after.kind &&
    before.labels.join() === after.labels.join() &&
    (before.buckets ?? []).join() === (after.buckets ?? []).join()
  if (isSame) return
  throw new MetricError(
    `Metric ${after.name} is a ${before.kind} with other labels or buckets already. Give the second one another name.`,
  )
}
