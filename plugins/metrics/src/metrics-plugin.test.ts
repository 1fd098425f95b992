import { createTestServices, runPlugin } from '@pluggram/testing'
import { expect, test } from 'vitest'
import { drawChart } from './chart.ts'
import plugin from './index.ts'

const readings = [
  {
    name: 'plugin_requests_total',
    help: 'x',
    kind: 'counter' as const,
    samples: [
      { labels: { plugin: 'dice', outcome: 'ok' }, value: 3 },
      { labels: { plugin: 'dice', outcome: 'timeout' }, value: 1 },
      { labels: { plugin: 'quiet', outcome: 'pass' }, value: 9 },
    ],
  },
  {
    name: 'inbox_updates_accepted_total',
    help: 'x',
    kind: 'counter' as const,
    samples: [{ labels: {}, value: 13 }],
  },
]

function start(config = {}) {
  return runPlugin(plugin, { config, services: createTestServices({ readings }) })
}

test('the owner gets a picture and figures', async () => {
  await using metrics = await start()
  const result = await metrics.send('/stats', { role: 'owner' })
  expect(result).toMatchObject({
    success: true,
    response: {
      text: expect.stringContaining('13 messages · '),
      media: { kind: 'photo', fileName: 'stats.png' },
    },
  })
  const { source } = (result as { response: { media: { source: Uint8Array } } }).response.media
  expect(Array.from(source.slice(0, 4))).toEqual([0x89, 0x50, 0x4e, 0x47])
  expect(source.byteLength).toBeGreaterThan(5_000)
})

test('others get it only when the owner says so', async () => {
  await using closed = await start()
  expect(await closed.send('/stats', { role: 'everyone' })).toMatchObject({ success: false })
  await using open = await start({ who: 'everyone' })
  expect(await open.send('/stats', { role: 'everyone' })).toMatchObject({ success: true })
  expect(await open.send('hello', { role: 'everyone' })).toBeUndefined()
})

test('names in the picture cannot become its code', () => {
  const svg = drawChart({ perMinute: [0, 1], plugins: [{ name: '<script>&', ok: 1, failed: 0 }] })
  expect(svg).toContain('&lt;script&gt;&amp;')
  expect(svg).not.toContain('<script>')
})
