import { jsonSchema } from 'ai'
import { expect, test } from 'vitest'
import { openTestAi } from '../test-ai.ts'
import { startLoopbackServer } from '../test-server.ts'
import type { StepRequest } from '../tools/tool-step.ts'

const SCHEMA = jsonSchema({ type: 'object' })
const REQUEST: StepRequest = {
  messages: [{ role: 'user', content: 'hello' }],
  step: {
    messages: [],
    tools: { math__add: { inputSchema: SCHEMA }, odd__tool: { inputSchema: SCHEMA } },
    mayCall: true,
    onEnd() {},
  },
}
const HELLO =
  '{"candidates":[{"content":{"role":"model","parts":[{"text":"Hello."}]},"finishReason":"STOP"}]}'

test.each([
  ['all tools', 'Function calling is not enabled for models/gemma-3-27b-it', /"name":"/, 'refuses tools'],
  ['the tool it names', 'Invalid schema for odd__tool', /odd__tool/, 'refuses the tool odd__tool'],
])('a vendor’s model is asked without %s, and that is remembered', async (_what, message, refused, told) => {
  const bodies: string[] = []
  await using server = await startLoopbackServer(async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    bodies.push(body)
    if (refused.test(body)) {
      response.writeHead(400, { 'content-type': 'application/json' })
      return void response.end(JSON.stringify({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }))
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: ${HELLO}\n\n`)
  })
  const log: string[] = []
  const write = (text: string): void => void log.push(text)
  using ai = openTestAi(
    { model: 'one:m', providers: { one: { api: 'google', baseUrl: server.baseUrl, apiKey: 'k' } } },
    { logger: { debug() {}, info() {}, warn: write, error: write } },
  )
  for (const count of [2, 3]) {
    expect(await Array.fromAsync(ai.serviceFor('test').streamText(REQUEST))).toEqual(['Hello.'])
    expect(bodies).toHaveLength(count)
  }
  expect(bodies.at(-1)?.includes('math__add')).toBe(message.includes('odd__tool'))
  expect(log).toEqual([`the model server ${told}; it is asked without from now on`])
})
