import { LLMock } from '@copilotkit/aimock'
import { createDemoModel } from '@pluggram/demo-model'
import { createDirectory } from '@pluggram/demo-model/test-plugins'
import { streamText } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ModelHabits } from './compatible/model-habits.ts'
import { createBoundedFetch } from './bounded-fetch.ts'
import { createLanguageModel } from './language-model.ts'
import { SILENT_LOGGER } from './test-doubles.ts'
import { VENDORS } from './vendors.ts'

const demo = createDemoModel({ directory: () => createDirectory() })
const mock = new LLMock({ port: 0 })
beforeAll(async () => {
  mock.onMessage('hello', { content: 'Hi from the mock.' })
  await mock.start()
})
afterAll(() => mock.stop())

test.each(VENDORS)('$provider answers with its default model and the key that was given', async (vendor) => {
  const version = new URL(vendor.baseUrl).pathname
  const model = createLanguageModel(
    {
      provider: vendor.provider,
      api: vendor.provider,
      model: vendor.defaultModel,
      label: vendor.label,
      reason: 'test',
      isProvisional: false,
      server: {
        baseUrl: `${mock.url}${version}`,
        apiKey: 'k-123',
        keySource: vendor.keyVariable,
        isLocal: false,
      },
    },
    {
      own: { demo, llamaCpp: () => demo },
      habits: new ModelHabits(),
      fetch: createBoundedFetch(),
      holdMs: 100,
      logger: SILENT_LOGGER,
    },
  )
  expect(await streamText({ model, prompt: 'hello' }).text).toBe('Hi from the mock.')
  const request = mock.getLastRequest()
  expect(JSON.stringify([request?.path, request?.body])).toContain(vendor.defaultModel)
})
