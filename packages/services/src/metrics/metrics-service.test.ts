import { describe, expect, test } from 'vitest'
import type { MetricChange, MetricDefinition } from '@pluggram/sdk/runtime'
import { createMetricsService } from './metrics-service.ts'

function recording() {
  const records: (MetricChange & Pick<MetricDefinition, 'name'>)[] = []
  const metrics = createMetricsService({
    record: ({ name }, change) => records.push({ name, ...change }),
  })
  return { metrics, records }
}

describe('metrics', () => {
  test('tell what changed, with the values of their labels in order', () => {
    const { metrics, records } = recording()
    const lookups = metrics.counter('lookups_total', { help: 'Lookups', labels: ['city', 'ok'] })
    lookups.inc()
    lookups.inc({ ok: true, city: 'Oslo', unknown: 1 }, 3)
    const open = metrics.gauge('open', { help: 'Open' })
    open.set(4)
    open.inc()
    open.dec(2)
    metrics.histogram('seconds', { help: 'Seconds' }).observe(0.5)
    expect(records).toEqual([
      { name: 'lookups_total', operation: 'add', labelValues: ['', ''], value: 1 },
      { name: 'lookups_total', operation: 'add', labelValues: ['Oslo', 'true'], value: 3 },
      { name: 'open', operation: 'set', labelValues: [], value: 4 },
      { name: 'open', operation: 'add', labelValues: [], value: 1 },
      { name: 'open', operation: 'add', labelValues: [], value: -2 },
      { name: 'seconds', operation: 'observe', labelValues: [], value: 0.5 },
    ])
  })

  test('measure the seconds of a timer', () => {
    const { metrics, records } = recording()
    const end = metrics.histogram('seconds', { help: 'Seconds', labels: ['kind'] }).startTimer({ kind: 'a' })
    const seconds = end()
    expect(records).toEqual([{ name: 'seconds', operation: 'observe', labelValues: ['a'], value: seconds }])
  })

  test('leave out what is no number, and counters do not go down', () => {
    const { metrics, records } = recording()
    metrics.counter('a', { help: 'A' }).inc(-1)
    metrics.counter('a', { help: 'A' }).inc(Number.NaN)
    metrics.gauge('b', { help: 'B' }).set(Number.POSITIVE_INFINITY)
    expect(records).toEqual([])
  })

  test('give the same metric for the same name, and refuse another kind or other labels', () => {
    const { metrics } = recording()
    const first = metrics.counter('a', { help: 'A', labels: ['x'] })
    expect(metrics.counter('a', { help: 'Other words', labels: ['x'] })).toBe(first)
    expect(() => metrics.counter('a', { help: 'A' })).toThrow('another name')
    expect(() => metrics.gauge('a', { help: 'A', labels: ['x'] })).toThrow('another name')
  })

  test.each([
    ['a name in capitals', (m: ReturnType<typeof recording>['metrics']) => m.counter('Bad', { help: 'x' })],
    ['no help', (m: ReturnType<typeof recording>['metrics']) => m.counter('a', { help: ' ' })],
    [
      'a reserved label',
      (m: ReturnType<typeof recording>['metrics']) => m.gauge('a', { help: 'x', labels: ['le'] }),
    ],
    [
      'one label twice',
      (m: ReturnType<typeof recording>['metrics']) => m.gauge('a', { help: 'x', labels: ['b', 'b'] }),
    ],
    [
      'falling buckets',
      (m: ReturnType<typeof recording>['metrics']) => m.histogram('a', { help: 'x', buckets: [2, 1] }),
    ],
  ])('refuse %s', (_title, register) => {
    expect(() => register(recording().metrics)).toThrow(expect.objectContaining({ code: 'metric-invalid' }))
  })

  test('are at most fifty', () => {
    const { metrics } = recording()
    for (let index = 0; index < 50; index += 1) metrics.counter(`a${index}`, { help: 'x' })
    expect(() => metrics.counter('one_more', { help: 'x' })).toThrow('at most 50')
  })
})
