import { expect, test } from 'vitest'
import { openTestAi, readText } from '../test-ai.ts'
import { startLoopbackServer } from '../test-server.ts'

const CHUNK = {
  system_fingerprint: 'fp_ollama',
  choices: [{ index: 0, delta: { content: 'Hi.' }, finish_reason: 'stop' }],
}

test('the log says once that a conversation is longer than the context Ollama runs a model with', async () => {
  await using server = await startLoopbackServer((request, response) => {
    if (request.url === '/api/ps') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ models: [{ name: 'm', model: 'm', context_length: 4_096 }] }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: ${JSON.stringify(CHUNK)}\n\ndata: [DONE]\n\n`)
  })
  const log: string[] = []
  const { promise: told, resolve: tell } = Promise.withResolvers<undefined>()
  const warn = (text: string): void => {
    log.push(text)
    tell(undefined)
  }
  using ai = openTestAi(
    { model: 'one:m', providers: { one: { baseUrl: server.baseUrl } } },
    { logger: { debug() {}, info() {}, warn, error() {} } },
  )
  await readText(ai)
  const long = { messages: [{ role: 'user' as const, content: 'word '.repeat(4_000) }] }
  await readText(ai, long)
  await told
  await readText(ai, long)
  expect(log).toEqual([expect.stringMatching(/one:m with a context of 4096 tokens.*OLLAMA_CONTEXT_LENGTH/)])
  expect(server.requests.filter(({ url }) => url === '/api/ps')).toHaveLength(1)
})
