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

/**
 * Creates the part of the registry that plugins write to. It validates their data, inline or
 * isolated.
 */
export function createPluginMetrics(options: PluginMetricsOptions): PluginMetrics {
  const owners = new Map<string, Owner>()
  return {
    open(plugin) {
      const owner = owners.get(plugin) ?? new Owner(plugin, options)
      owners.set(plugin, owner)
      owner.open()
      let isOpen = true
      return {
        record(definition, change) {
          if (isOpen) owner.record(definition, change)
        },
        close() {
          if (isOpen) owner.close()
          isOpen = false
        },
      }
    },
  }
}

/** The metrics of one plugin. */
class Owner {
  readonly #plugin: string
  readonly #options: PluginMetricsOptions
  /** A metric that could not be created stays `undefined`. */
  readonly #metrics = new Map<string, OwnMetric | undefined>()
  #series = 0
  #openSinks = 0
  #hasWarned = false

  constructor(plugin: string, options: PluginMetricsOptions) {
    this.#plugin = plugin
    this.#options = options
  }

  open(): void {
    this.#openSinks += 1
  }

  record(definition: MetricDefinition, change: MetricChange): void {
    const metric = this.#find(definition)
    if (!metric || change.labelValues.length !== metric.definition.labels.length) return
    const key = change.labelValues.join('\u0000')
    if (!metric.series.has(key)) {
      if (this.#series >= MAX_SERIES) {
        return this.#refuse(
          `Plugin ${this.#plugin} has more than ${MAX_SERIES} series of metrics; further ones are not counted. Give its labels fewer values: no ids, no texts.`,
        )
      }
      metric.series.add(key)
      this.#series += 1
    }
    metric.change(change)
  }

  close(): void {
    this.#openSinks -= 1
    if (this.#openSinks > 0) return
    for (const [key, metric] of this.#metrics) {
      // counts stay valid after the plugin stops; gauges do not
      if (metric?.definition.kind !== 'gauge') continue
      this.#options.registry.removeSingleMetric(metric.name)
      this.#metrics.delete(key)
      this.#series -= metric.series.size
    }
  }

  /** Returns the metric, creating it if needed. */
  #find(definition: MetricDefinition): OwnMetric | undefined {
    if (this.#metrics.has(definition.name)) {
      const known = this.#metrics.get(definition.name)
      return known && isSame(known.definition, definition) ? known : undefined
    }
    const { registry } = this.#options
    const plugin = this.#plugin
    const name = `plugin_${plugin}_${definition.name}`
    if (this.#metrics.size >= MAX_METRICS) {
      this.#refuse(`Plugin ${plugin} has more than ${MAX_METRICS} metrics; the rest is not counted.`)
      return undefined
    }
    // two plugins can produce the same name: a_b with c, and a with b_c
    const isTaken = registry.getSingleMetric(name) !== undefined
    if (isTaken) {
      this.#refuse(
        `Metric ${definition.name} of plugin ${plugin} is not counted: ${name} is taken. Give it another name.`,
      )
    }
    const metric = isTaken ? undefined : createMetric(registry, name, definition)
    this.#metrics.set(definition.name, metric)
    return metric
  }

  #refuse(message: string): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#options.onRefused(this.#plugin, message)
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
