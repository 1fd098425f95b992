import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TextEnd } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { failureOf, HELLO, openTestAi, readText } from './test-ai.ts'
import { startLoopbackServer, writeAnswer, writeChunk } from './test-server.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const refuse =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
const answer: Handler = (_request, response) => writeAnswer(response, 'from the second')

const FAULTS: [string, Handler][] = [
  ['429', refuse(429, {}, { 'retry-after': '60' })],
  ['503', refuse(503)],
  ['a key it refuses', refuse(401)],
  ['a context that is too long, by code', refuse(400, { error: { code: 'context_length_exceeded' } })],
  [
    'a context that is too long, in words',
    refuse(400, { error: { message: "This model's maximum context length is 4096 tokens." } }),
  ],
  ['a broken connection', (_request, response) => void response.destroy()],
  ['silence', () => {}],
  [
    'thoughts, then a broken connection',
    (_request, response) => {
      writeChunk(response, { content: '', reasoning_content: 'hmm' })
      setTimeout(() => response.destroy(), 20)
    },
  ],
]

test.each(FAULTS)('when the first model fails with %s, the next one answers', async (_fault, fail) => {
  await using first = await startLoopbackServer(fail)
  await using second = await startLoopbackServer(answer)
  using ai = openTestAi({
    model: ['one:a', 'two:b'],
    providers: { one: { baseUrl: first.baseUrl }, two: { baseUrl: second.baseUrl } },
    timeouts: { firstTokenSeconds: 2, betweenTokensSeconds: 5, totalSeconds: 10 },
  })
  let end: TextEnd | undefined
  const text = await readText(ai, { ...HELLO, onEnd: (value) => (end = value) })
  expect(text.join('')).toBe('from the second')
  expect(end).toMatchObject({ model: 'two:b', reason: 'stop' })
})

test('silent models share the time for the first word, and the last of them is still heard', async () => {
  await using silent = await startLoopbackServer(() => {})
  await using speaking = await startLoopbackServer(answer)
  const providers = {
    one: { baseUrl: silent.baseUrl },
    two: { baseUrl: silent.baseUrl },
    three: { baseUrl: speaking.baseUrl },
  }
  const timeouts = { firstTokenSeconds: 3, betweenTokensSeconds: 5, totalSeconds: 20 }
  const model = ['one:a', 'two:b', 'three:c']
  using ai = openTestAi({ model, providers, timeouts })
  expect((await readText(ai)).join('')).toBe('from the second')

  using other = openTestAi({
    model: [...model.slice(0, 2), 'four:d'],
    providers: { ...providers, four: { baseUrl: silent.baseUrl } },
    timeouts,
  })
  const start = performance.now()
  expect(await failureOf(readText(other))).toMatchObject({ code: 'ai-timeout' })
  const seconds = (performance.now() - start) / 1_000
  expect(seconds).toBeGreaterThan(2.8)
  // one after another, each with its full timeout, they would take nine seconds
  expect(seconds).toBeLessThan(8)
})

test('a server that hangs when it is asked for its models counts as silent', async () => {
  await using silent = await startLoopbackServer(() => {})
  await using second = await startLoopbackServer(answer)
  using ai = openTestAi({
    model: ['auto', 'two:b'],
    baseUrl: silent.baseUrl,
    providers: { two: { baseUrl: second.baseUrl } },
    timeouts: { firstTokenSeconds: 1.5, betweenTokensSeconds: 5, totalSeconds: 20 },
  })
  const start = performance.now()
  expect((await readText(ai)).join('')).toBe('from the second')
  // the request itself would time out after five seconds
  expect(performance.now() - start).toBeLessThan(4_500)
})

test('a model that failed is asked last for a while', async () => {
  await using first = await startLoopbackServer(refuse(503))
  await using second = await startLoopbackServer(answer)
  using ai = openTestAi({
    model: ['one:a', 'two:b'],
    providers: { one: { baseUrl: first.baseUrl }, two: { baseUrl: second.baseUrl } },
  })
  await readText(ai)
  await readText(ai)
  expect([first.requests.length, second.requests.length]).toEqual([1, 2])
})

test('nobody else answers after the first word was shown', async () => {
  await using first = await startLoopbackServer((_request, response) => {
    writeChunk(response, 'Half an ')
    setTimeout(() => response.destroy(), 50)
  })
  await using second = await startLoopbackServer(answer)
  using ai = openTestAi({
    model: ['one:a', 'two:b'],
    providers: { one: { baseUrl: first.baseUrl }, two: { baseUrl: second.baseUrl } },
  })
  expect(await failureOf(readText(ai))).toMatchObject({ code: 'ai-unavailable' })
  expect(second.requests).toHaveLength(0)
})

test('a refused request is not passed on to another model', async () => {
  await using first = await startLoopbackServer(refuse(400, { error: { message: 'no' } }))
  await using second = await startLoopbackServer(answer)
  using ai = openTestAi({
    model: ['one:a', 'two:b'],
    providers: { one: { baseUrl: first.baseUrl }, two: { baseUrl: second.baseUrl } },
  })
  expect(await failureOf(readText(ai))).toMatchObject({ code: 'ai-refused' })
  expect(second.requests).toHaveLength(0)
})

test('when all fail, the first failure is told', async () => {
  await using first = await startLoopbackServer(refuse(401))
  await using second = await startLoopbackServer(refuse(429, {}, { 'retry-after': '60' }))
  using ai = openTestAi({
    model: ['one:a', 'two:b'],
    providers: { one: { baseUrl: first.baseUrl, apiKey: 'k' }, two: { baseUrl: second.baseUrl } },
  })
  expect(await failureOf(readText(ai))).toMatchObject({
    code: 'ai-misconfigured',
    message: expect.stringContaining('ai.providers.one.api_key'),
  })
})

test('a bad key is told to the owner once, until it works again', async () => {
  let status = 401
  await using server = await startLoopbackServer((request, response) =>
    status === 200 ? writeAnswer(response, 'fine') : refuse(status)(request, response),
  )
  const errors: string[] = []
  using ai = openTestAi(
    { model: 'one:a', providers: { one: { baseUrl: server.baseUrl, apiKey: 'sk-very-secret' } } },
    { logger: { debug() {}, info() {}, warn() {}, error: (line) => void errors.push(line) } },
  )
  expect(ai.health()).toEqual({ status: 'ok' })
  await failureOf(readText(ai))
  await failureOf(readText(ai))
  expect(errors).toEqual([expect.stringContaining('refuses the key')])
  expect(ai.health()).toEqual({ status: 'degraded', problems: [expect.stringContaining('refuses the key')] })
  expect(JSON.stringify([errors, ai.health()])).not.toContain('sk-very-secret')
  status = 200
  await readText(ai)
  expect(ai.health()).toEqual({ status: 'ok' })
})

test('a model that is not set up is told once, though another one answers every time', async () => {
  await using server = await startLoopbackServer((_request, response) => writeAnswer(response, 'fine'))
  const errors: string[] = []
  using ai = openTestAi(
    { model: ['anthropic:claude', 'one:a'], providers: { one: { baseUrl: server.baseUrl } } },
    { logger: { debug() {}, info() {}, warn() {}, error: (line) => void errors.push(line) } },
  )
  for (let index = 0; index < 3; index += 1) expect(await readText(ai)).toEqual(['fine'])
  expect(errors).toEqual([expect.stringContaining('ANTHROPIC_API_KEY')])
  expect(ai.health().status).toBe('degraded')
})

test('people choose from the owner’s list, the chat’s choice before the user’s', async () => {
  await using server = await startLoopbackServer((_request, response) => writeAnswer(response, 'fine'))
  using ai = openTestAi({
    model: 'one:a',
    choices: ['one:b', 'one:c'],
    providers: { one: { baseUrl: server.baseUrl } },
  })
  const service = ai.serviceFor('test')
  const [chat, user] = [{ id: 5 }, { id: 7 }]
  await service.choose('one:b', { user })
  await service.choose('one:c', { chat })
  expect((await service.model({ user })).id).toBe('one:b')
  expect((await service.model({ chat, user })).id).toBe('one:c')
  expect((await service.generateText({ ...HELLO, for: { chat, user } })).model).toBe('one:c')
  expect(await service.models({ chat })).toEqual([
    { id: 'one:a', isDefault: true, isCurrent: false },
    { id: 'one:b', isDefault: false, isCurrent: false },
    { id: 'one:c', isDefault: false, isCurrent: true },
  ])
  await service.choose(null, { chat })
  expect((await service.model({ chat })).id).toBe('one:a')
  expect(await failureOf(service.choose('openai:gpt', { chat }))).toMatchObject({ code: 'ai-refused' })
  expect(await failureOf(service.choose('one:b', {}))).toMatchObject({ code: 'ai-refused' })
})

test('files go only to a model that takes them', async () => {
  const bodies: string[] = []
  await using server = await startLoopbackServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      bodies.push(body)
      writeAnswer(response, 'a cat')
    })
  })
  using ai = openTestAi({
    model: ['blind:a', 'seeing:b'],
    providers: {
      blind: { baseUrl: server.baseUrl },
      seeing: { baseUrl: server.baseUrl, takes: ['images'] },
    },
  })
  const service = ai.serviceFor('test')
  const image = { mediaType: 'image/png', data: new Uint8Array([137, 80, 78, 71]) }
  const ask = { messages: [{ role: 'user' as const, content: 'What is it?', files: [image] }] }
  expect(await service.generateText(ask)).toMatchObject({ text: 'a cat', model: 'seeing:b' })
  expect(bodies[0]).toContain('data:image/png;base64,iVBORw')
  const sound = { mediaType: 'audio/ogg', data: new Uint8Array([1]) }
  expect(
    await failureOf(service.generateText({ messages: [{ role: 'user', content: '', files: [sound] }] })),
  ).toMatchObject({ code: 'ai-refused', message: expect.stringContaining('takes no audio') })
})
