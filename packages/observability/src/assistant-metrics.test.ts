import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import type { MetricDefinition } from '@pluggram/sdk/runtime'
import { createAssistantMetrics } from './assistant-metrics.ts'
import { createPluginMetrics } from './plugin-metrics.ts'

const pipeline = {
  pending: 1,
  unsent: 2,
  accepted: 3,
  answered: 4,
  failed: 5,
  parked: 6,
  undelivered: 7,
  ambiguous: 8,
}

function watched() {
  const metrics = createAssistantMetrics()
  metrics.watch({
    pipeline: () => pipeline,
    receiving: () => ({ mode: 'polling', isReady: true, lastAt: new Date(5_000) }),
    messenger: () => ({ repeatedSends: 1, floodWaits: 2, blockedChats: 3 }),
    plugins: () => [
      { name: 'dice', state: 'idle', crashes: 0 },
      { name: 'broken', state: 'parked', crashes: 3 },
    ],
  })
  return metrics
}

describe("the assistant's metrics", () => {
  test('count calls of plugins by outcome and time them', async () => {
    const metrics = createAssistantMetrics()
    metrics.pluginCalled('dice', 'ok', 0.2)
    metrics.pluginCalled('dice', 'ok', 3)
    metrics.pluginCalled('dice', 'crash', 0.1)
    const text = await metrics.registry.metrics()
    expect(text).toContain('plugin_requests_total{plugin="dice",outcome="ok"} 2')
    expect(text).toContain('plugin_requests_total{plugin="dice",outcome="crash"} 1')
    expect(text).toContain('plugin_processing_seconds_bucket{le="0.25",plugin="dice"} 2')
    expect(text).toContain('plugin_processing_seconds_count{plugin="dice"} 3')
  })

  test('show what other parts count, as it is when somebody looks', async () => {
    const { registry } = watched()
    const text = await registry.metrics()
    expect(text).toContain('inbox_updates_accepted_total 3')
    expect(text).toContain('telegram_blocked_chats 3')
    expect(text).toContain('plugin_up{plugin="dice"} 1')
    expect(text).toContain('plugin_up{plugin="broken"} 0')
    expect(await registry.metrics()).toContain('inbox_updates_accepted_total 3')
  })

  test('leave out a figure that cannot be read, and show the others', async () => {
    const { registry, show } = createAssistantMetrics()
    show('data_disk_free_bytes', () => Promise.reject(new Error('no such folder')))
    show('data_disk_size_bytes', async () => 5)
    show('backup_interval_seconds', () => undefined)
    const text = await registry.metrics()
    expect(text).not.toMatch(/^(?:data_disk_free_bytes|backup_interval_seconds) /m)
    expect(text).toMatch(/^data_disk_size_bytes 5$/m)
  })

  test('count what models do, and no more models than a list may hold', async () => {
    const { registry, modelAsked, modelUsed } = createAssistantMetrics()
    modelAsked('openai:a', 'ok', 0.3)
    modelAsked('openai:a', 'timeout', 60)
    modelUsed('openai:a', { inputTokens: 10, outputTokens: 5, money: 0.25 })
    // a local model has no price
    modelUsed('openai:a', { inputTokens: 1, outputTokens: 1 })
    for (let index = 0; index < 200; index += 1) modelAsked(`served:${index}`, 'ok', 1)
    const text = await registry.metrics()
    expect(text).toContain('ai_requests_total{model="openai:a",outcome="timeout"} 1')
    expect(text).toContain('ai_first_word_seconds_count{model="openai:a"} 1')
    expect(text).toContain('ai_tokens_total{model="openai:a",direction="input"} 11')
    expect(text).toContain('ai_money_total{model="openai:a"} 0.25')
    expect(text.match(/^ai_requests_total/gm)).toHaveLength(52)
    expect(text).toMatch(/ai_requests_total\{model="other",outcome="ok"\} 151/)
  })

  test('leave held polls out of the times', async () => {
    const metrics = createAssistantMetrics()
    metrics.telegramCalled('getUpdates', 'ok', 25)
    metrics.telegramCalled('sendMessage', 'flood', 0.1)
    const text = await metrics.registry.metrics()
    expect(text).toContain('telegram_requests_total{method="getUpdates",outcome="ok"} 1')
    expect(text).not.toContain('telegram_request_seconds_count{method="getUpdates"}')
    expect(text).toContain('telegram_request_seconds_count{method="sendMessage"} 1')
  })
})

describe("plugins' metrics", () => {
  const counter = (name: string, labels: readonly string[] = []): MetricDefinition => ({
    kind: 'counter',
    name,
    help: 'x',
    labels,
  })

  function plugins() {
    const registry = new Registry()
    const refused: string[] = []
    const metrics = createPluginMetrics({ registry, onRefused: (_plugin, message) => refused.push(message) })
    return { registry, refused, metrics }
  }

  test("stand under the plugin's name, and stay when it ends; gauges go", async () => {
    const { registry, metrics } = plugins()
    const sink = metrics.open('weather')
    sink.record(counter('lookups_total', ['city']), { operation: 'add', labelValues: ['Oslo'], value: 2 })
    const open: MetricDefinition = { kind: 'gauge', name: 'open', help: 'x', labels: [] }
    sink.record(open, { operation: 'set', labelValues: [], value: 5 })
    const successor = metrics.open('weather')
    sink.close()
    expect(await registry.metrics()).toContain('plugin_weather_open 5')
    sink.record(open, { operation: 'set', labelValues: [], value: 6 })
    successor.close()
    const text = await registry.metrics()
    expect(text).toContain('plugin_weather_lookups_total{city="Oslo"} 2')
    expect(text).not.toContain('plugin_weather_open')
  })

  test('are bounded: further series are not counted, and that is said once', async () => {
    const { registry, refused, metrics } = plugins()
    const sink = metrics.open('chatty')
    for (let user = 0; user < 600; user += 1) {
      sink.record(counter('a', ['user']), { operation: 'add', labelValues: [String(user)], value: 1 })
    }
    expect((await registry.getMetricsAsJSON())[0]).toMatchObject({ values: { length: 500 } })
    expect(refused).toEqual([expect.stringContaining('more than 500 series')])
  })

  test('are at most fifty for a plugin', async () => {
    const { registry, refused, metrics } = plugins()
    const sink = metrics.open('chatty')
    for (let index = 0; index < 60; index += 1) {
      sink.record(counter(`m${index}`), { operation: 'add', labelValues: [], value: 1 })
    }
    expect(await registry.getMetricsAsJSON()).toHaveLength(50)
    expect(refused).toHaveLength(1)
  })

  test("never get into the assistant's or another plugin's metrics", async () => {
    const own = createAssistantMetrics()
    const refused: string[] = []
    const metrics = createPluginMetrics({
      registry: own.registry,
      onRefused: (plugin, message) => refused.push(`${plugin}: ${message}`),
    })
    metrics.open('requests').record(counter('total'), { operation: 'add', labelValues: [], value: 9 })
    metrics.open('a_b').record(counter('c'), { operation: 'add', labelValues: [], value: 1 })
    metrics.open('a').record(counter('b_c'), { operation: 'add', labelValues: [], value: 9 })
    const text = await own.registry.metrics()
    expect(text).not.toMatch(/ 9$/m)
    expect(text).toContain('plugin_a_b_c 1')
    expect(refused).toEqual([
      expect.stringMatching(/^requests: .*plugin_requests_total is taken/),
      expect.stringMatching(/^a: .*plugin_a_b_c is taken/),
    ])
  })
})
