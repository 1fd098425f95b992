import { streamText } from 'ai'
import { expect, test } from 'vitest'
import { createDirectory, DICE } from './test-plugins.ts'
import { createDemoModel } from './demo-model.ts'

test('streams word by word through the AI SDK', async () => {
  const model = createDemoModel({ directory: () => createDirectory(DICE), wordMilliseconds: 0 })
  const pieces: string[] = []
  for await (const piece of streamText({ model, prompt: 'roll two dice' }).textStream) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(10)
  expect(pieces.join('')).toContain('/roll 2d6')
})

test('pauses between words and needs few pauses for a long answer', async () => {
  const help = 'word '.repeat(280)
  const model = createDemoModel({ directory: () => createDirectory({ ...DICE, help }), wordMilliseconds: 1 })
  const times: number[] = []
  const startedAt = performance.now()
  for await (const _ of streamText({ model, prompt: 'tell me about the dice plugin' }).textStream) {
    times.push(performance.now() - startedAt)
  }
  expect(times.length).toBeGreaterThan(80)
  expect(times.length).toBeLessThanOrEqual(120)
  expect(times.at(-1)).toBeGreaterThan(times.length / 2)
})

test('stops in the middle of an answer when it is aborted', async () => {
  const model = createDemoModel({ directory: () => createDirectory(DICE), wordMilliseconds: 60_000 })
  const controller = new AbortController()
  const { stream } = await model.doStream({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    abortSignal: controller.signal,
  })
  const read = Array.fromAsync(stream)
  setTimeout(() => controller.abort(), 10)
  await expect(read).rejects.toThrow(/abort/i)
})
