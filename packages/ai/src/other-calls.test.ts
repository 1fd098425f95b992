import { LLMock } from '@copilotkit/aimock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf, openTestAi } from './test-ai.ts'
import { servesModels, startLoopbackServer } from './test-server.ts'

const OGG = new Uint8Array([0x4f, 0x67, 0x67, 0x53, 1, 2, 3])

let mock: LLMock
beforeEach(async () => {
  mock = new LLMock({ port: 0 })
  await mock.start()
})
afterEach(() => mock.stop())

test.each(['openai', 'openai-compatible'] as const)(
  'texts become numbers through %s, in order',
  async (api) => {
    mock.onEmbedding(/.*/, { embedding: [0.25, 0.5] })
    using ai = openTestAi({
      embeddingModel: 'one:embedder',
      providers: { one: { api, baseUrl: `${mock.url}/v1`, apiKey: 'k' } },
    })
    const service = ai.serviceFor('test')
    const result = await service.embed({ texts: ['a', 'b'] })
    expect(result).toMatchObject({
      model: 'one:embedder',
      vectors: [
        [0.25, 0.5],
        [0.25, 0.5],
      ],
    })
    expect(await service.abilities()).toMatchObject({ embed: 'one:embedder' })
  },
)

test('auto looks at the provider that answers people, then in the usual order', async () => {
  await using home = await startLoopbackServer(servesModels('llama', 'nomic-embed-text', 'whisper-small'))
  await using usual = await startLoopbackServer(servesModels('big', 'bge-m3', 'tts-1'))
  using ai = openTestAi({
    model: ['home:llama', 'demo'],
    providers: { home: { baseUrl: home.baseUrl } },
    baseUrl: usual.baseUrl,
  })
  expect(await ai.serviceFor('test').abilities()).toEqual({
    embed: 'home:nomic-embed-text',
    transcribe: 'home:whisper-small',
    speak: 'openai-compatible:tts-1',
  })
})

test('texts become numbers through google', async () => {
  await using server = await startLoopbackServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ embeddings: [{ values: [1, 2] }, { values: [3, 4] }] }))
  })
  using ai = openTestAi({
    embeddingModel: 'google:e',
    providers: { google: { baseUrl: server.baseUrl, apiKey: 'k' } },
  })
  const { vectors } = await ai.serviceFor('test').embed({ texts: ['a', 'b'] })
  expect(vectors).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(server.requests[0]?.headers['x-goog-api-key']).toBe('k')
})

test('a recording becomes words', async () => {
  mock.onTranscription({ transcription: { text: 'Good morning.', language: 'en', duration: 2 } })
  using ai = openTestAi({
    transcriptionModel: 'one:whisper-1',
    providers: { one: { baseUrl: `${mock.url}/v1`, apiKey: 'k' } },
  })
  expect(await ai.serviceFor('test').transcribe({ audio: OGG })).toMatchObject({
    model: 'one:whisper-1',
    text: 'Good morning.',
  })
})

test('words are spoken as Ogg, with the voice that the owner chose', async () => {
  const bodies: string[] = []
  await using server = await startLoopbackServer((request, response) => {
    request.on('data', (chunk) => bodies.push(String(chunk)))
    request.on('end', () => response.writeHead(200, { 'content-type': 'audio/ogg' }).end(OGG))
  })
  using ai = openTestAi({
    speechModel: 'one:tts',
    speechVoice: 'nova',
    providers: { one: { baseUrl: server.baseUrl } },
  })
  expect(await ai.serviceFor('test').speak({ text: 'Hello' })).toEqual({
    model: 'one:tts',
    audio: OGG,
    mediaType: 'audio/ogg',
  })
  expect(JSON.parse(bodies.join(''))).toMatchObject({
    model: 'tts',
    input: 'Hello',
    voice: 'nova',
    response_format: 'opus',
  })
})

test('a server’s own list says what else it can do', async () => {
  await using server = await startLoopbackServer(servesModels('qwen3', 'nomic-embed-text', 'whisper-small'))
  using ai = openTestAi({ model: 'auto', baseUrl: server.baseUrl })
  expect(await ai.serviceFor('test').abilities()).toEqual({
    embed: 'openai-compatible:nomic-embed-text',
    transcribe: 'openai-compatible:whisper-small',
  })
})

test('without a model for it, the owner’s next step is told', async () => {
  using ai = openTestAi({ model: 'auto', speechModel: 'off' })
  const service = ai.serviceFor('test')
  expect(await service.abilities()).toEqual({})
  for (const [work, key] of [
    [service.embed({ texts: ['a'] }), 'ai.embedding_model'],
    [service.transcribe({ audio: OGG }), 'ai.transcription_model'],
    [service.speak({ text: 'a' }), 'ai.speech_model'],
  ] as const) {
    expect(await failureOf(work)).toMatchObject({
      code: 'ai-misconfigured',
      message: expect.stringContaining(key),
    })
  }
})

test('a silent server is given up, a refused key named, a large recording refused', async () => {
  await using silent = await startLoopbackServer(() => {})
  await using strict = await startLoopbackServer((_request, response) => response.writeHead(401).end('{}'))
  using ai = openTestAi({
    embeddingModel: 'silent:e',
    transcriptionModel: 'strict:t',
    providers: { silent: { baseUrl: silent.baseUrl }, strict: { baseUrl: strict.baseUrl, apiKey: 'k' } },
    timeouts: { firstTokenSeconds: 1, betweenTokensSeconds: 1, totalSeconds: 1 },
  })
  const service = ai.serviceFor('test')
  expect(await failureOf(service.embed({ texts: ['a'] }))).toMatchObject({ code: 'ai-timeout' })
  expect(await failureOf(service.transcribe({ audio: OGG }))).toMatchObject({ code: 'ai-misconfigured' })
  expect(await failureOf(service.transcribe({ audio: new Uint8Array(26 * 1_048_576) }))).toMatchObject({
    code: 'ai-refused',
  })
})
