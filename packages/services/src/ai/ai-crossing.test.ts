import { z } from '@pluggram/sdk'
import type { AiService, TextEnd } from '@pluggram/sdk'
import { createAiService } from '@pluggram/sdk/runtime'
import { describe, expect, test } from 'vitest'
import type { HostLink } from '../crossing/links.ts'
import { serveServices } from '../crossing/serve-services.ts'
import { acrossBorder } from '../crossing/test-border.ts'

const END: TextEnd = { model: 'test:m', usage: { inputTokens: 1, outputTokens: 2 }, reason: 'stop' }

/** An AI service that records its requests. */
function recordingAi(): { readonly ai: AiService; readonly asked: unknown[][] } {
  const asked: unknown[][] = []
  const ai: AiService = {
    ...createAiService((method) => async (...args: unknown[]) => {
      asked.push([method, ...args])
      return { object: { name: 'Ada' }, text: 'answer' }
    }),
    async *streamText({ onEnd, ...request }) {
      asked.push(['streamText', request])
      yield* ['one ', 'two']
      onEnd?.(END)
    },
  }
  return { ai, asked }
}

const SIDES: readonly [string, (ai: AiService) => AiService][] = [
  ['inside the assistant', (ai) => ai],
  ['across the process border', (ai) => acrossBorder({ ai }).ai],
]

describe.each(SIDES)('the AI service %s', (_side, open) => {
  test('gets requests with their subject and gives answers', async () => {
    const { ai, asked } = recordingAi()
    const service = open(ai)
    expect(await service.embed({ texts: ['a'], for: { chat: { id: 1 } } })).toMatchObject({ text: 'answer' })
    expect(asked.at(-1)).toMatchObject(['embed', { texts: ['a'], for: { chat: { id: 1 } } }])
    await service.choose(null, { chat: { id: 1 } })
    expect(asked.at(-1)).toEqual(['choose', null, { chat: { id: 1 } }])
  })

  test('gives text piece by piece and says how it ended', async () => {
    const service = open(recordingAi().ai)
    let end: TextEnd | undefined
    const messages = [{ role: 'user', content: 'hi' }] as const
    const pieces = await Array.fromAsync(service.streamText({ messages, onEnd: (value) => (end = value) }))
    expect(pieces).toEqual(['one ', 'two'])
    expect(end).toEqual(END)
  })
})

describe('across the border', () => {
  test('a chat that the plugin was not given is left out', async () => {
    const { ai, asked } = recordingAi()
    await acrossBorder({ ai }).ai.speak({ text: 'hi', for: { chat: { id: 99 } } })
    expect(asked.at(-1)).toMatchObject(['speak', { text: 'hi', for: {} }])
  })

  test('the schema stays with the plugin, and checks the answer there', async () => {
    const { ai, asked } = recordingAi()
    const schema = z.object({ name: z.string(), age: z.number().default(36) })
    const { object } = await acrossBorder({ ai }).ai.generateObject({ messages: [], schema })
    expect(object).toEqual({ name: 'Ada', age: 36 })
    expect(asked.at(-1)).toMatchObject(['generateObject', { messages: [] }])
    await expect(
      acrossBorder({ ai }).ai.generateObject({ messages: [], schema: z.object({ name: z.number() }) }),
    ).rejects.toMatchObject({ name: 'AiError', code: 'ai-unavailable', isRetryable: true })
  })

  test.each([
    ['embed', [{ texts: 'all' }]],
    ['streamText', [{ messages: [{ role: 'system', content: 'x' }] }]],
    ['choose', [5, {}]],
    ['model', [{ chat: { id: 'me' } }]],
    ['takeEnd', [1]],
  ])('%s with something else than it takes is refused', (method, args) => {
    const { ai, asked } = recordingAi()
    const answer = serveServices({ ai }, { knows: () => true } as unknown as HostLink)
    expect(() => answer('ai', method, args, new AbortController().signal)).toThrow(
      method === 'takeEnd' ? 'Nothing is known' : `services.ai.${method} was called with something`,
    )
    expect(asked).toEqual([])
  })
})
