import { MetricError } from '@pluggram/sdk'
import type { HistogramOptions } from '@pluggram/sdk'
import type { MetricDefinition } from '@pluggram/sdk/runtime'

const MAX_NAME = 100
const MAX_HELP = 500
const MAX_LABELS = 8
const MAX_BUCKETS = 30
/** For durations in seconds, from a quick lookup to a slow model. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Parses a plugin's definition of a metric.
 * @throws MetricError
 */
export function checkDefinition(
  kind: MetricDefinition['kind'],
  name: string,
  options: HistogramOptions,
): MetricDefinition {
  if (typeof name !== 'string' || name.length > MAX_NAME || !/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new MetricError(
      `A metric cannot be called "${String(name).slice(0, 100)}": use up to ${MAX_NAME} lower case letters, digits and _, beginning with a letter.`,
    )
  }
  const { help, labels = [], buckets } = Object(options) as Partial<HistogramOptions>
  if (typeof help !== 'string' || help.trim() === '') {
    throw new MetricError(`Metric ${name} needs a help text: { help: 'What it counts' }.`)
  }
  return {
    kind,
    name,
    help: help.replaceAll(/\s+/g, ' ').slice(0, MAX_HELP),
    labels: checkLabels(name, labels),
    ...(kind === 'histogram' && { buckets: checkBuckets(name, buckets ?? DEFAULT_BUCKETS) }),
  }
}

function checkLabels(name: string, labels: unknown): readonly string[] {
  const isList = Array.isArray(labels) && labels.every((label) => typeof label === 'string')
  if (!isList || labels.length > MAX_LABELS) {
    throw new MetricError(`Metric ${name}: labels must be a list of at most ${MAX_LABELS} names.`)
  }
  const wrong = labels.find((label) => !/^[a-z][a-z0-9_]{0,63}$/.test(label) || label === 'le')
  if (wrong !== undefined || new Set(labels).size < labels.length) {
    throw new MetricError(
      `Metric ${name} cannot have the labels ${labels.join(', ').slice(0, 200)}: use lower case letters, digits and _, each name once; "le" is taken.`,
    )
  }
  return [...labels]
}

function checkBuckets(name: string, buckets: readonly number[]): readonly number[] {
  const isAscending =
    Array.isArray(buckets) &&
    buckets.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > buckets[index - 1]!))
  if (!isAscending || buckets.length === 0 || buckets.length > MAX_BUCKETS) {
    throw new MetricError(`Metric ${name}: buckets must be 1 to ${MAX_BUCKETS} numbers in ascending order.`)
  }
  return [...buckets]
}
