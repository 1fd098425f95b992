import type { MetricChange, MetricDefinition, MetricSink } from '@pluggram/sdk/runtime'

/** Changes of one series since the last message to the host. */
interface MetricBatchItem {
  readonly definition: MetricDefinition
  readonly operation: MetricChange['operation']
  readonly labelValues: readonly string[]
  /** A single value, except for histograms. */
  readonly values: number[]
}

const INTERVAL_MS = 100
/** A batch with this many series or values is sent immediately. */
const MAX_ITEMS = 500
const MAX_VALUES = 2_000

/** Collects changes of metrics and sends them to the host at most ten times a second. */
export class MetricBatches implements MetricSink {
  readonly #send: (batch: readonly MetricBatchItem[]) => void
  #items = new Map<string, MetricBatchItem>()
  #values = 0
  #timer: NodeJS.Timeout | undefined

  constructor(send: (batch: readonly MetricBatchItem[]) => void) {
    this.#send = send
  }

  record(definition: MetricDefinition, { operation, labelValues, value }: MetricChange): void {
    // set and add on one series must keep their order
    const opposite = operation === 'add' ? 'set' : 'add'
    if (operation !== 'observe' && this.#items.has(keyOf(definition, opposite, labelValues))) this.flush()
    const key = keyOf(definition, operation, labelValues)
    const item = this.#items.get(key)
    if (!item) this.#items.set(key, { definition, operation, labelValues, values: [value] })
    else if (operation === 'observe') item.values.push(value)
    else item.values[0] = operation === 'add' ? (item.values[0] ?? 0) + value : value
    this.#values += 1
    if (this.#items.size >= MAX_ITEMS || this.#values >= MAX_VALUES) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS).unref()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#items.size === 0) return
    const batch = [...this.#items.values()]
    this.#items = new Map()
    this.#values = 0
    this.#send(batch)
  }
}

function keyOf({ name }: MetricDefinition, operation: string, labelValues: readonly string[]): string {
  return [name, operation, ...labelValues].join('\u0000')
}
