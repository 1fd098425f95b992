import { z } from '@pluggram/sdk'
import type { AiRequest, AiService, TextRequest } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { createRefusedAi } from './start/refused-ai.ts'
import { createTestHome, LEVELS } from './test-home.ts'

const END = { model: 'test:m', usage: { inputTokens: 3, outputTokens: 2 }, reason: 'stop' } as const

/** An AI service that records its requests. */
function recordingAi(): { ai: AiService; asked: unknown[] } {
  const asked: unknown[] = []
  const note = (method: string, request: AiRequest): void => {
    const { signal: _signal, ...rest } = request
    asked.push([method, rest])
  }
  return {
    asked,
    ai: {
      ...createRefusedAi(() => {
        throw new Error('not part of this test')
      }),
      model: async (subject) => {
        note('model', { ...(subject && { for: subject }) })
        return { id: 'test:m', isDemo: false }
      },
      async *streamText(request: TextRequest) {
        const { onEnd, ...rest } = request
        note('streamText', rest)
        yield* ['one ', 'two']
        onEnd?.(END)
      },
      async generateObject(request) {
        const { schema, ...rest } = request
        note('generateObject', rest)
        const object: unknown = { name: 'Ada', schema: z.toJSONSchema !== undefined && '~standard' in schema }
        return { ...END, object: object as never }
      },
      transcribe: async ({ audio }) => ({ model: 'test:t', text: `${audio.byteLength} bytes` }),
      speak: async () => ({ model: 'test:s', audio: new Uint8Array([1, 2, 3]), mediaType: 'audio/ogg' }),
    },
  }
}

const CONTEXT = { chat: { id: 1 }, user: { id: 2 } }

const PLUGIN = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  permissions: { ai: true },
  setup: ({ services: { ai } }) => ({
    async processMessage(message, context) {
      const image = { mediaType: 'image/png', data: new Uint8Array([7]) }
      const messages = [{ role: 'user', content: 'hi', files: [image] }]
      if (message === 'stream') {
        let end
        const pieces = []
        for await (const piece of ai.streamText({ for: context, system: undefined, messages, onEnd: (e) => (end = e) }))
          pieces.push(piece)
        return { success: true, data: { pieces, end } }
      }
      if (message === 'object') {
        const schema = z.object({ name: z.string(), age: z.number().default(36) })
        return { success: true, data: await ai.generateObject({ messages, schema }) }
      }
      if (message === 'sound') {
        const { text } = await ai.transcribe({ audio: new Uint8Array(5) })
        const { audio } = await ai.speak({ text })
        return { success: true, data: { text, bytes: [...audio] } }
      }
      if (message === 'other') return { success: true, data: await ai.model({ chat: { id: 99 }, user: { id: 2 } }) }
      return { success: true, data: await ai.model(context) }
    },
  }),
})`

test.each(LEVELS)('a plugin that runs %s asks the model and reads what it gives', async (level) => {
  await using home = await createTestHome({ 'plugins/asker.ts': PLUGIN })
  const { ai, asked } = recordingAi()
  const host = await home.host({ level, services: { ai } })
  await host.start()

  expect(await host.ask('asker', 'stream')).toMatchObject({ data: { pieces: ['one ', 'two'], end: END } })
  expect(asked.at(-1)).toMatchObject([
    'streamText',
    { for: CONTEXT, messages: [{ files: [{ data: new Uint8Array([7]) }] }] },
  ])
  expect(await host.ask('asker', 'sound')).toMatchObject({ data: { text: '5 bytes', bytes: [1, 2, 3] } })
  expect(await host.ask('asker', 'model')).toMatchObject({ data: { id: 'test:m' } })
  expect(asked.at(-1)).toMatchObject(['model', { for: CONTEXT }])
})

test('a schema checks the answer in the plugin’s process', async () => {
  await using home = await createTestHome({ 'plugins/asker.ts': PLUGIN })
  const { ai } = recordingAi()
  const host = await home.host({ level: 'process', services: { ai } })
  await host.start()
  expect(await host.ask('asker', 'object')).toMatchObject({ data: { object: { name: 'Ada', age: 36 } } })
})

test('a plugin process cannot name a chat whose messages it was not given', async () => {
  await using home = await createTestHome({ 'plugins/asker.ts': PLUGIN })
  const { ai, asked } = recordingAi()
  const host = await home.host({ level: 'process', services: { ai } })
  await host.start()
  await host.ask('asker', 'other')
  expect(asked.at(-1)).toEqual(['model', { for: {} }])
})
