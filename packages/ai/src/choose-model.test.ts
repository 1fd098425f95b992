import { describe, expect, test } from 'vitest'
import { chooseModel } from './choose-model.ts'
import type { ChooseOptions } from './choose-model.ts'
import { servesModels, startLoopbackServer } from './test-server.ts'
import { selectionId } from './selection.ts'
import type { Environment } from './ai-options.ts'

const SECRET = 'sk-secret-Zy9'

function choose(model: string, environment: Environment = {}, more: Partial<ChooseOptions> = {}) {
  return chooseModel(model, {
    settings: {},
    environment,
    localServers: [],
    signal: new AbortController().signal,
    ...more,
  })
}

describe('auto', () => {
  test('takes keys in the order OpenAI, Anthropic, Google', async () => {
    const keys = { OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b', GOOGLE_GENERATIVE_AI_API_KEY: 'c' }
    expect(await choose('auto', keys)).toMatchObject({ provider: 'openai', reason: 'OPENAI_API_KEY is set' })
    expect(await choose('auto', { ...keys, OPENAI_API_KEY: ' ' })).toMatchObject({ provider: 'anthropic' })
    expect(await choose('auto', { GOOGLE_GENERATIVE_AI_API_KEY: 'c' })).toMatchObject({ provider: 'google' })
  })

  test('falls back to the demo model and says how to connect a real one', async () => {
    const selection = await choose('auto')
    expect(selectionId(selection)).toBe('demo:help-texts')
    expect(selection.setupHint).toContain('OPENAI_API_KEY')
    expect(selection.isProvisional).toBe(true)
  })

  test('asks a compatible server which models it has, with and without a key', async () => {
    await using server = await startLoopbackServer(servesModels('text-embedding-3-small', 'qwen3:8b'))
    const selection = await choose('auto', { OPENAI_BASE_URL: server.baseUrl, ANTHROPIC_API_KEY: 'b' })
    expect(selectionId(selection)).toBe('openai-compatible:qwen3:8b')
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
    await choose('auto', { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'k' })
    expect(server.requests[1]?.headers.authorization).toBe('Bearer k')
  })

  test('prefers the configured address to the environment’s', async () => {
    await using server = await startLoopbackServer(servesModels('here'))
    const settings = { baseUrl: server.baseUrl }
    const selection = await choose('auto', { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }, { settings })
    expect(selection).toMatchObject({ model: 'here', reason: 'ai.base_url is set' })
  })

  test('finds the /v1 that was forgotten in the address', async () => {
    await using server = await startLoopbackServer(servesModels('m'))
    const selection = await choose('auto', { OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/` })
    expect(selection.server?.baseUrl).toBe(server.baseUrl)
  })

  test('uses the default name at a server without a list of models', async () => {
    await using server = await startLoopbackServer((_request, response) => response.writeHead(404).end())
    const selection = await choose('auto', { OPENAI_BASE_URL: server.baseUrl })
    expect(selection).toMatchObject({ provider: 'openai-compatible', server: { baseUrl: server.baseUrl } })
    expect(selection.model).not.toBe('')
  })

  test('names a configured server that cannot be reached, without its password', async () => {
    const environment = { OPENAI_BASE_URL: `http://user:${SECRET}@127.0.0.1:1/v1?key=${SECRET}` }
    await expect(choose('auto', environment)).rejects.toMatchObject({
      code: 'ai-unavailable',
      message: expect.stringMatching(/^The model server at http:\/\/127\.0\.0\.1:1\/v1 cannot be reached/),
    })
    await expect(choose('auto', environment)).rejects.not.toMatchObject({
      message: expect.stringContaining(SECRET),
    })
  })

  test('says which key a server refuses', async () => {
    await using server = await startLoopbackServer((_request, response) =>
      response.writeHead(401).end(SECRET),
    )
    await expect(
      choose('auto', { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: SECRET }),
    ).rejects.toMatchObject({ code: 'ai-misconfigured', message: expect.stringContaining('OPENAI_API_KEY') })
  })

  test('sends user and password of the address as a header', async () => {
    await using server = await startLoopbackServer(servesModels('m'))
    await choose('auto', { OPENAI_BASE_URL: server.baseUrl.replace('//', '//ann:p%40ss@') })
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('ann:p@ss')}`)
  })
})

describe('a local server', () => {
  test('is found, the first of the list that has a chat model', async () => {
    await using empty = await startLoopbackServer(servesModels('nomic-embed-text'))
    await using full = await startLoopbackServer(servesModels('llama3.2'))
    const localServers = [
      { label: 'First', baseUrl: empty.baseUrl },
      { label: 'Second', baseUrl: full.baseUrl },
    ]
    const selection = await choose('auto', {}, { localServers })
    expect(selection).toMatchObject({ model: 'llama3.2', isProvisional: true, server: { isLocal: true } })
    expect(selection.reason).toBe(`Second answers at ${full.baseUrl}`)
  })

  test('without a chat model is mentioned in the hint', async () => {
    await using empty = await startLoopbackServer(servesModels())
    const localServers = [{ label: 'Ollama', baseUrl: empty.baseUrl }]
    const selection = await choose('auto', {}, { localServers })
    expect(selection).toMatchObject({ provider: 'demo', setupHint: expect.stringContaining('ollama pull') })
  })

  test('is never the assistant itself, and never on another machine', async () => {
    await using self = await startLoopbackServer(servesModels('m'))
    const localServers = [
      { label: 'Self', baseUrl: self.baseUrl },
      { label: 'Far', baseUrl: 'http://192.0.2.1:11434/v1' },
    ]
    const selection = await choose('auto', {}, { localServers, ownPort: self.port })
    expect(selection.provider).toBe('demo')
    expect(self.requests).toHaveLength(0)
  })

  test('that hangs delays the choice for a moment only, however many of them do', async () => {
    let open = 0
    let mostOpen = 0
    await using server = await startLoopbackServer((_request, response) => {
      mostOpen = Math.max(mostOpen, ++open)
      response.once('close', () => open--)
    })
    const localServers = Array.from({ length: 8 }, () => ({ label: 'Slow', baseUrl: server.baseUrl }))
    const startedAt = performance.now()
    expect(await choose('auto', {}, { localServers })).toMatchObject({ provider: 'demo' })
    expect(server.requests).toHaveLength(8)
    // concurrently, and for 300 ms each
    expect(mostOpen).toBe(8)
    expect(performance.now() - startedAt).toBeLessThan(30_000)
  })
})

describe('provider:model', () => {
  test.each([
    ['openai:gpt-x', { OPENAI_API_KEY: 'k' }, 'openai:gpt-x'],
    ['anthropic:claude-x', { ANTHROPIC_API_KEY: 'k' }, 'anthropic:claude-x'],
    ['google:gemini-x', { GOOGLE_GENERATIVE_AI_API_KEY: 'k' }, 'google:gemini-x'],
    ['openai:qwen3:8b', { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }, 'openai:qwen3:8b'],
    [
      'openai-compatible:qwen3:8b',
      { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' },
      'openai-compatible:qwen3:8b',
    ],
    ['demo', { OPENAI_API_KEY: 'k' }, 'demo:help-texts'],
  ])('takes %s as it is written', async (model, environment, id) => {
    const selection = await choose(model, environment)
    expect(selectionId(selection)).toBe(id)
    expect(selection.isProvisional).toBe(false)
  })

  test.each([
    ['openai:gpt-x', {}, 'OPENAI_API_KEY'],
    ['anthropic:claude-x', { OPENAI_API_KEY: SECRET }, 'ANTHROPIC_API_KEY'],
    ['google:gemini-x', {}, 'GOOGLE_GENERATIVE_AI_API_KEY'],
    ['openai-compatible:m', { OPENAI_API_KEY: SECRET }, 'OPENAI_BASE_URL'],
    ['opnai:gpt-x', {}, '"opnai"'],
    [`${SECRET} pasted here`, {}, 'ai.model'],
    ['openai:m', { OPENAI_BASE_URL: `not a url ${SECRET}` }, 'OPENAI_BASE_URL'],
    ['openai:m', { OPENAI_BASE_URL: `file:///${SECRET}` }, 'OPENAI_BASE_URL'],
  ])('refuses %s and names what to correct', async (model, environment: Environment, named) => {
    const error: unknown = await choose(model, environment).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ai-misconfigured', message: expect.stringContaining(named) })
    expect(String(error)).not.toContain(SECRET)
  })
})
