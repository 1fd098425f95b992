import type { MetricChange, MetricDefinition, MetricSink } from '@pluggram/sdk/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

export interface PluginMetricsOptions {
  readonly registry: Registry
  /** Called once when a plugin's metric is rejected. */
  onRefused(plugin: string, message: string): void
}

/** Plugins' metrics in the assistant's registry, each plugin with its own prefix and limits. */
export interface PluginMetrics {
  /** Opens a sink for one run of a plugin. When its last sink is closed, its gauges are removed. */
  open(plugin: string): MetricSink & { close(): void }
}

const MAX_METRICS = 50
const MAX_SERIES = 500

interface OwnMetric {
  readonly name: string
  readonly definition: MetricDefinition
  readonly series: Set<string>
  change(change: MetricChange): void
}

interface Owner {
  readonly metrics: Map<string, OwnMetric | undefined>
  series: number
  starts: number
  hasWarned: boolean
}

/**
 * Creates the part of the registry that plugins write to. It validates their data, inline or
 * isolated.
 */
export function createPluginMetrics({ registry, onRefused }: PluginMetricsOptions): PluginMetrics {
  const owners = new Map<string, Owner>()

  function refuse(plugin: string, owner: Owner, message: string): void {
    if (owner.hasWarned) return
    owner.hasWarned = true
    onRefused(plugin, message)
  }

  /** Returns the metric, creating it if needed. If creation fails, it stays `undefined`. */
  function find(plugin: string, owner: Owner, definition: MetricDefinition): OwnMetric | undefined {
    if (owner.metrics.has(definition.name)) {
      const known = owner.metrics.get(definition.name)
      return known && isSame(known.definition, definition) ? known : undefined
    }
    const name = `plugin_${plugin}_${definition.name}`
    // two plugins can produce the same name: a_b with c, and a with b_c
    if (registry.getSingleMetric(name) || owner.metrics.size >= MAX_METRICS) {
      const isTaken = owner.metrics.size < MAX_METRICS
      refuse(
        plugin,
        owner,
        isTaken
          ? `Metric ${definition.name} of plugin ${plugin} is not counted: ${name} is taken. Give it another name.`
          : `Plugin ${plugin} has more than ${MAX_METRICS} metrics; the rest is not counted.`,
      )
      if (isTaken) owner.metrics.set(definition.name, undefined)
      return undefined
    }
    const metric = createMetric(registry, name, definition)
    owner.metrics.set(definition.name, metric)
    return metric
  }

  function record(plugin: string, owner: Owner, definition: MetricDefinition, change: MetricChange): void {
    const metric = find(plugin, owner, definition)
    if (!metric || change.labelValues.length !== metric.definition.labels.length) return
    const key = change.labelValues.join('\u0000')
    if (!metric.series.has(key)) {
      if (owner.series >= MAX_SERIES) {
        return refuse(
          plugin,
          owner,
          `Plugin ${plugin} has more than ${MAX_SERIES} series of metrics; further ones are not counted. Give its labels fewer values: no ids, no texts.`,
        )
      }
      metric.series.add(key)
      owner.series += 1
    }
    metric.change(change)
  }

  function close(owner: Owner): void {
    owner.starts -= 1
    if (owner.starts > 0) return
    for (const [key, metric] of owner.metrics) {
      // counts stay valid after the plugin stops; gauges do not
      if (metric?.definition.kind !== 'gauge') continue
      registry.removeSingleMetric(metric.name)
      owner.metrics.delete(key)
      owner.series -= metric.series.size
    }
  }

  return {
    open(plugin) {
      const owner = owners.get(plugin) ?? { metrics: new Map(), series: 0, starts: 0, hasWarned: false }
      owners.set(plugin, owner)
      owner.starts += 1
      let isOpen = true
      return {
        record(definition, change) {
          if (isOpen) record(plugin, owner, definition, change)
        },
        close() {
          if (isOpen) close(owner)
          isOpen = false
        },
      }
    },
  }
}

function isSame(a: MetricDefinition, b: MetricDefinition): boolean {
  return a.kind === b.kind && a.labels.join() === b.labels.join()
}

function createMetric(registry: Registry, name: string, definition: MetricDefinition): OwnMetric {
  const options = { name, help: definition.help, labelNames: [...definition.labels], registers: [registry] }
  const common = { name, definition, series: new Set<string>() }
  switch (definition.kind) {
    case 'counter': {
      const counter = new Counter(options)
      return {
        ...common,
        change: ({ operation, labelValues, value }) => {
          if (operation === 'add' && value >= 0) counter.labels(...labelValues).inc(value)
        },
      }
    }
    case 'gauge': {
      const gauge = new Gauge(options)
      return {
        ...common,
        change({ operation, labelValues, value }) {
          const series = gauge.labels(...labelValues)
          if (operation === 'set') series.set(value)
          else if (operation === 'add') series.inc(value)
        },
      }
    }
    case 'histogram': {
      const buckets = definition.buckets && [...definition.buckets]
      const histogram = new Histogram({ ...options, ...(buckets && { buckets }) })
      return {
        ...common,
        change: ({ operation, labelValues, value }) => {
          if (operation === 'observe') histogram.labels(...labelValues).observe(value)
        },
      }
    }
  }
}
