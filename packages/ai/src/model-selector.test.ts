import { expect, test, vi } from 'vitest'
import { ModelSelector } from './model-selector.ts'
import type { Selection } from './selection.ts'

const DEMO: Selection = {
  provider: 'demo',
  api: 'demo',
  model: 'help-texts',
  label: 'the demo model',
  reason: 'nothing else',
  isProvisional: true,
}
const LOCAL: Selection = { ...DEMO, provider: 'openai-compatible', api: 'openai-compatible', model: 'llama' }
const FIXED: Selection = { ...LOCAL, provider: 'openai', api: 'openai', isProvisional: false }

test('shares one search among callers that come at once, and remembers its result', async () => {
  const choose = vi.fn<() => Promise<Selection>>().mockResolvedValue(LOCAL)
  const selector = new ModelSelector({ wanted: 'auto', choose })
  await Promise.all([selector.select(), selector.select()])
  await selector.select()
  expect(choose).toHaveBeenCalledTimes(1)
})

test('looks for a real model again a minute after it found only the demo model', async () => {
  let now = 0
  const choose = vi.fn<() => Promise<Selection>>().mockResolvedValueOnce(DEMO).mockResolvedValue(LOCAL)
  const selector = new ModelSelector({ wanted: 'auto', choose, now: () => now })
  expect(await selector.select()).toBe(DEMO)
  now = 59_000
  expect(await selector.select()).toBe(DEMO)
  now = 61_000
  expect(await selector.select()).toBe(LOCAL)
})

test('does not look again when the demo model was asked for', async () => {
  let now = 0
  const choose = vi.fn<() => Promise<Selection>>().mockResolvedValue({ ...DEMO, isProvisional: false })
  const selector = new ModelSelector({ wanted: 'auto', choose, now: () => now })
  await selector.select()
  now = 1e6
  await selector.select()
  expect(choose).toHaveBeenCalledTimes(1)
})

test('forgets a model that was found and then failed, but not a configured one', async () => {
  const choose = vi.fn<() => Promise<Selection>>().mockResolvedValueOnce(LOCAL).mockResolvedValue(FIXED)
  const selector = new ModelSelector({ wanted: 'auto', choose })
  expect(selector.forget(await selector.select())).toBe(true)
  const fixed = await selector.select()
  expect(fixed).toBe(FIXED)
  expect(selector.forget(fixed)).toBe(false)
  expect(await selector.select()).toBe(FIXED)
  expect(choose).toHaveBeenCalledTimes(2)
})

test('searches again after a search failed', async () => {
  const choose = vi
    .fn<() => Promise<Selection>>()
    .mockRejectedValueOnce(new Error('down'))
    .mockResolvedValue(LOCAL)
  const selector = new ModelSelector({ wanted: 'auto', choose })
  await expect(selector.select()).rejects.toThrow('down')
  expect(await selector.select()).toBe(LOCAL)
})
