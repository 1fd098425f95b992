import { expect, test } from 'vitest'
import { startLoopbackServer } from './test-server.ts'
import { askModels, firstChatModel } from './models-list.ts'

const OPTIONS = { timeoutMs: 2_000, signal: new AbortController().signal }

test.each([
  ['OpenAI’s list', { object: 'list', data: [{ id: 'a', object: 'model' }] }, ['a']],
  ['a list without object words', { object: 'list', data: [{ id: 'a' }, { id: 'b' }] }, ['a', 'b']],
  ['Ollama without models', { object: 'list', data: null }, []],
])('reads %s', async (_, body, ids) => {
  await using server = await startLoopbackServer((request, response) => {
    response.end(request.url === '/v1/models' ? JSON.stringify(body) : '{}')
  })
  expect(await askModels(server, OPTIONS)).toEqual({ kind: 'models', ids })
})

test.each([
  ['a page', '<html>hello</html>'],
  ['an API that answers everything', '{"ok":true}'],
  ['some other data', '{"data":[{"id":1}]}'],
  ['ids that are no model names', '{"object":"list","data":[{"id":"a\\nb"}]}'],
  ['a bare array', '["gpt"]'],
])('does not take %s for a list of models', async (_, body) => {
  await using server = await startLoopbackServer((_request, response) => response.end(body))
  expect(await askModels(server, OPTIONS)).toEqual({ kind: 'no-list', status: 200 })
})

test('gives up on a server that does not answer', async () => {
  await using server = await startLoopbackServer(() => {})
  const startedAt = performance.now()
  expect(await askModels(server, { ...OPTIONS, timeoutMs: 50 })).toEqual({
    kind: 'unreachable',
    isTimeout: true,
  })
  expect(performance.now() - startedAt).toBeLessThan(OPTIONS.timeoutMs)
})

test('does not carry the key to where a redirect leads', async () => {
  await using target = await startLoopbackServer((_request, response) => response.end('{}'))
  await using server = await startLoopbackServer((_request, response) => {
    response.writeHead(302, { location: `${target.baseUrl}/models` }).end()
  })
  const answer = await askModels({ baseUrl: server.baseUrl, apiKey: 'k' }, OPTIONS)
  expect(answer).toEqual({ kind: 'no-list', status: 302 })
  expect(server.requests[0]?.headers.authorization).toBe('Bearer k')
  expect(target.requests).toHaveLength(0)
})

test('skips models that do not chat', () => {
  const others = [
    'text-embedding-3-small',
    'nomic-embed-text:latest',
    'whisper-1',
    'tts-1-hd',
    'dall-e-3',
    'bge-m3',
    'omni-moderation-latest',
    'gpt-4o-mini-tts',
    'gpt-image-1',
  ]
  expect(firstChatModel([...others, 'llama3.2:3b', 'gpt-5-mini'])).toBe('llama3.2:3b')
  expect(firstChatModel(others)).toBeUndefined()
})
