import type { MetricReading, MetricSample } from '@pluggram/sdk'
import type { Registry } from 'prom-client'

interface RawValue {
  readonly value: number
  readonly labels?: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

/** Reads a registry's current values, with the parts of each histogram combined. */
export async function readMetrics(registry: Registry, names?: readonly string[]): Promise<MetricReading[]> {
  const wanted = names && new Set(names)
  const readings: MetricReading[] = []
  for (const metric of await registry.getMetricsAsJSON()) {
    const kind = String(metric.type)
    if (wanted && !wanted.has(metric.name)) continue
    if (kind !== 'counter' && kind !== 'gauge' && kind !== 'histogram') continue
    const values = (metric as { values?: readonly RawValue[] }).values ?? []
    const samples = kind === 'histogram' ? histogramSamples(metric.name, values) : values.map(toSample)
    readings.push({ name: metric.name, help: metric.help, kind, samples })
  }
  return readings
}

function toSample({ labels = {}, value }: RawValue): MetricSample {
  return { labels: texts(labels), value }
}

function histogramSamples(name: string, values: readonly RawValue[]): MetricSample[] {
  const series = new Map<string, { labels: Record<string, string>; parts: RawValue[] }>()
  for (const value of values) {
    const { le: _bound, ...labels } = texts(value.labels ?? {})
    const key = JSON.stringify(labels)
    const known = series.get(key) ?? { labels, parts: [] }
    known.parts.push(value)
    series.set(key, known)
  }
  return [...series.values()].map(({ labels, parts }) => ({
    labels,
    value: find(parts, `${name}_count`),
    sum: find(parts, `${name}_sum`),
    buckets: parts
      .filter(({ metricName }) => metricName === `${name}_bucket`)
      .map((part) => ({ upTo: Number(part.labels?.['le']), count: part.value }))
      .filter(({ upTo }) => Number.isFinite(upTo)),
  }))
}

function find(parts: readonly RawValue[], name: string): number {
  return parts.find(({ metricName }) => metricName === name)?.value ?? 0
}

function texts(labels: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]))
}
