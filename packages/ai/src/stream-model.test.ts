import type { TextEnd } from '@pluggram/sdk'
import { jsonSchema } from 'ai'
import { expect, test } from 'vitest'
import { failureOf, HELLO, openTestAi, readText } from './test-ai.ts'
import { startLoopbackServer, writeChunk } from './test-server.ts'
import type { ModelCall, StepRequest } from './tools/tool-step.ts'

const CALL = { index: 0, id: 'call_1', type: 'function', function: { name: 'math__add', arguments: '{}' } }
const TOOLS = { math__add: { description: 'Adds.', inputSchema: jsonSchema({ type: 'object' }) } }

test.each([
  ['only calls', undefined, []],
  ['writes and calls', 'Let me see.', ['Let me see.']],
])(
  'a model that %s although it has to write ends its step, and the calls are told',
  async (_, text, pieces) => {
    await using server = await startLoopbackServer((_request, response) => {
      writeChunk(response, { ...(text !== undefined && { content: text }), tool_calls: [CALL] })
      writeChunk(response, {}, 'tool_calls')
      response.end('data: [DONE]\n\n')
    })
    using ai = openTestAi({ model: 'one:m', providers: { one: { baseUrl: server.baseUrl } } })
    const told: (readonly ModelCall[])[] = []
    const ends: TextEnd[] = []
    const request: StepRequest = {
      ...HELLO,
      onEnd: (end) => ends.push(end),
      step: { messages: [], tools: TOOLS, mayCall: false, onEnd: (calls) => told.push(calls) },
    }
    expect(await readText(ai, request)).toEqual(pieces)
    expect(told).toMatchObject([[{ id: 'call_1', name: 'math__add' }]])
    expect(ends).toMatchObject([{ model: 'one:m', reason: 'other' }])
    expect(server.requests).toHaveLength(1)
  },
)

test.each([
  ['stop', 'stop'],
  ['length', 'length'],
  ['content_filter', 'filtered'],
  ['something_new', 'other'],
])('that a model ended with %s is told as %s', async (finish, reason) => {
  await using server = await startLoopbackServer((_request, response) => {
    writeChunk(response, 'Some words', finish)
    response.end('data: [DONE]\n\n')
  })
  using ai = openTestAi({ model: 'one:m', providers: { one: { baseUrl: server.baseUrl } } })
  expect(await ai.serviceFor('test').generateText(HELLO)).toMatchObject({ text: 'Some words', reason })
})

test('an answer of which the filter left nothing is an error of its own, and no other model is asked', async () => {
  await using server = await startLoopbackServer((_request, response) => {
    writeChunk(response, {}, 'content_filter')
    response.end('data: [DONE]\n\n')
  })
  using ai = openTestAi({
    model: ['one:m', 'one:n'],
    providers: { one: { baseUrl: server.baseUrl } },
  })
  expect(await failureOf(readText(ai))).toMatchObject({ code: 'ai-filtered' })
  expect(server.requests).toHaveLength(1)
})
