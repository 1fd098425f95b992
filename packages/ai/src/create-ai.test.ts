import { LLMock } from '@copilotkit/aimock'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChatMessage, TextRequest } from '@pluggram/sdk'
import { createDirectory, DICE } from '@pluggram/demo-model/test-plugins'
import type { AiOptions } from './ai-options.ts'
import { createAi } from './create-ai.ts'
import type { Ai } from './create-ai.ts'
import { servesModels, startLoopbackServer, writeChunk } from './test-server.ts'
import { createOpenLedger, SILENT_LOGGER } from './test-doubles.ts'

const SECRET = 'sk-secret-Zy9'
const HELLO: TextRequest = { messages: [{ role: 'user', content: 'hello' }] }
const opened: Ai[] = []

function open(
  model: string,
  environment: AiOptions['environment'] = {},
  timeouts: Partial<AiOptions['settings']['timeouts']> = {},
  more: Partial<AiOptions> = {},
): Ai {
  const ai = createAi({
    settings: {
      model,
      timeouts: { firstTokenSeconds: 5, betweenTokensSeconds: 5, totalSeconds: 10, ...timeouts },
    },
    environment,
    directory: () => createDirectory(DICE),
    home: '/nonexistent',
    logger: SILENT_LOGGER,
    ledger: createOpenLedger(),
    localServers: [],
    demoWordMilliseconds: 0,
    ...more,
  })
  opened.push(ai)
  return ai
}

async function read(ai: Ai, request: TextRequest = HELLO): Promise<string[]> {
  return Array.fromAsync(ai.serviceFor('test').streamText(request))
}

async function failure(ai: Ai, request?: TextRequest): Promise<unknown> {
  return read(ai, request).then(
    (pieces) => new Error(`answered ${pieces.join('')}`),
    (error: unknown) => error,
  )
}

const printed: unknown[] = []
beforeEach(() => {
  printed.length = 0
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => void printed.push(...values))
  }
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void printed.push(warning))
})
afterEach(() => {
  for (const ai of opened.splice(0)) void ai.close()
  vi.restoreAllMocks()
  if (printed.length > 0) throw new Error(`Printed to the console: ${printed.join(' ')}`)
})

describe('an OpenAI-compatible server', () => {
  let mock: LLMock
  let environment: AiOptions['environment']
  beforeEach(async () => {
    mock = new LLMock({ port: 0, chunkSize: 4 })
    await mock.start()
    environment = { OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: SECRET }
  })
  afterEach(() => mock.stop())

  test('streams its answer and receives system text and history through chat completions', async () => {
    mock.onMessage('and now?', { content: 'You said hello before.' })
    const ai = open('auto', environment)
    // the first answer shows that the model does not think aloud; until then its beginning is held back
    await read(ai, { messages: [{ role: 'user', content: 'and now?' }] })
    const pieces = await read(ai, {
      system: 'Be kind.',
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hi!' },
        { role: 'user', content: 'and now?' },
      ],
    })
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe('You said hello before.')
    const request = mock.getLastRequest()
    expect(request?.path).toBe('/v1/chat/completions')
    expect(request?.body).toMatchObject({
      stream: true,
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hi!' },
        { role: 'user', content: 'and now?' },
      ],
    })
  })

  test('carries a conversation of several turns', async () => {
    const answers = ['Hello Anna.', 'Your name is Anna.', 'You asked for your name.']
    for (const [turnIndex, content] of answers.entries()) mock.on({ turnIndex }, { content })
    const ai = open('auto', environment)
    const messages: ChatMessage[] = []
    for (const content of ['My name is Anna.', 'What is my name?', 'What did I ask?']) {
      messages.push({ role: 'user', content })
      messages.push({ role: 'assistant', content: (await read(ai, { messages })).join('') })
    }
    expect(messages.filter(({ role }) => role === 'assistant').map(({ content }) => content)).toEqual(answers)
    expect(mock.getLastRequest()?.body).toMatchObject({ messages: messages.slice(0, -1) })
  })

  test('is described with the reason for its choice', async () => {
    const ai = open('auto', environment)
    expect(await ai.describe()).toEqual({
      id: expect.stringMatching(/^openai-compatible:./),
      isDemo: false,
      reason: 'OPENAI_BASE_URL is set',
    })
    expect(await ai.serviceFor('test').model()).toMatchObject({ isDemo: false })
  })

  test('is asked again once when it is overloaded for a moment', async () => {
    mock.onMessage('hello', { content: 'There you are.' })
    mock.nextRequestError(429, { message: 'slow down', type: 'rate_limit_error' })
    expect((await read(open('openai:m', environment))).join('')).toBe('There you are.')
  })

  test('keeps a model’s thoughts to itself', async () => {
    mock.onMessage('hello', { content: '<think>they greet me</think>Hi!' })
    expect((await read(open('openai:m', environment))).join('').trim()).toBe('Hi!')
  })
})

describe('a failing provider', () => {
  async function failingWith(
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
    model = 'openai-compatible:m',
  ): Promise<{ error: unknown; requests: number }> {
    await using server = await startLoopbackServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    })
    const ai = open(model, { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: SECRET })
    return { error: await failure(ai), requests: server.requests.length }
  }

  test.each([
    [
      401,
      { error: { message: `Incorrect API key provided: ${SECRET}` } },
      'ai-misconfigured',
      'OPENAI_API_KEY',
    ],
    [403, { error: { message: SECRET } }, 'ai-misconfigured', 'OPENAI_API_KEY'],
    [
      400,
      { error: { message: `User location is not supported for the API use. ${SECRET}` } },
      'ai-misconfigured',
      'country',
    ],
    [451, { error: { message: SECRET } }, 'ai-misconfigured', 'does not serve the country'],
    [403, { error: { code: 'unsupported_country_region_territory' } }, 'ai-misconfigured', 'HTTPS_PROXY'],
    [404, { error: { code: 'model_not_found', message: SECRET } }, 'ai-misconfigured', 'ai.model'],
    [400, { error: { code: 'context_length_exceeded', message: SECRET } }, 'ai-too-long', '/new'],
    [400, { error: { message: SECRET } }, 'ai-refused', 'HTTP 400'],
    [307, { error: { message: SECRET } }, 'ai-misconfigured', 'elsewhere'],
    [429, { error: { code: 'insufficient_quota', message: SECRET } }, 'ai-misconfigured', 'billing'],
    [429, { error: { message: SECRET } }, 'ai-overloaded', 'HTTP 429'],
    [500, SECRET, 'ai-unavailable', 'HTTP 500'],
    [200, { surprise: SECRET }, 'ai-unavailable', 'fault'],
  ])('with HTTP %i and %j is told in one line without secrets', async (status, body, code, named) => {
    const { error } = await failingWith(status, body)
    expect(error).toMatchObject({ name: 'AiError', code, message: expect.stringContaining(named) })
    const { message, cause, stack } = error as Error
    expect(`${message} ${String(cause)} ${stack}`).not.toContain(SECRET)
    expect(message).not.toContain('\n')
  })

  test('is asked a second time only when that may help', async () => {
    expect((await failingWith(500, {})).requests).toBe(2)
    expect((await failingWith(401, {})).requests).toBe(1)
    expect((await failingWith(429, {}, { 'retry-after': '30' })).requests).toBe(1)
  })

  test('that cannot be reached is named by its address without credentials', async () => {
    const ai = open('openai-compatible:m', { OPENAI_BASE_URL: `http://u:${SECRET}@127.0.0.1:1/v1` })
    const error = await failure(ai)
    expect(error).toMatchObject({ code: 'ai-unavailable', isRetryable: true })
    expect(String(error)).toContain('http://127.0.0.1:1/v1')
    expect(String(error)).not.toContain(SECRET)
  })

  test('that breaks off in the middle ends the text with an error', async () => {
    await using server = await startLoopbackServer((_request, response) => {
      writeChunk(response, 'Half an ')
      setTimeout(() => response.destroy(), 50)
    })
    const ai = open('openai-compatible:m', { OPENAI_BASE_URL: server.baseUrl })
    const pieces: string[] = []
    const reading = (async () => {
      for await (const piece of ai.serviceFor('test').streamText(HELLO)) pieces.push(piece)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'ai-unavailable' })
    expect(pieces.join('')).toBe('Half an ')
    expect(server.requests).toHaveLength(1)
  })

  test('that sends nothing is an error, not an empty answer', async () => {
    await using server = await startLoopbackServer((_request, response) => {
      writeChunk(response, '', 'stop')
      response.end('data: [DONE]\n\n')
    })
    const error = await failure(open('openai-compatible:m', { OPENAI_BASE_URL: server.baseUrl }))
    expect(error).toMatchObject({ code: 'ai-empty', message: expect.stringContaining('empty answer') })
  })

  test('that was found on this machine gives way to the next one', async () => {
    let isBroken = false
    const handle = servesModels('llama')
    await using server = await startLoopbackServer((request, response) => {
      if (isBroken || request.method === 'POST') response.destroy()
      else handle(request, response)
      if (request.method === 'POST') isBroken = true
    })
    const ai = open('auto', {}, {}, { localServers: [{ label: 'Ollama', baseUrl: server.baseUrl }] })
    expect(await ai.serviceFor('test').model()).toEqual({ id: 'openai-compatible:llama', isDemo: false })
    expect((await read(ai)).join('')).toContain('demo model')
    expect(await ai.serviceFor('test').model()).toMatchObject({ isDemo: true })
  })
})

describe('time limits', () => {
  test.each([
    ['first_token_seconds', { firstTokenSeconds: 0.1 }, []],
    ['between_tokens_seconds', { betweenTokensSeconds: 0.1 }, ['Well, ']],
    ['total_seconds', { totalSeconds: 0.3 }, ['a', 'b', 'c', 'd', 'e', 'f']],
  ])('%s cancels the HTTP request', async (setting, timeouts, words) => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>()
    await using server = await startLoopbackServer((_request, response) => {
      response.once('close', resolve)
      for (const [index, word] of words.entries()) setTimeout(() => writeChunk(response, word), index * 70)
    })
    const ai = open('openai-compatible:m', { OPENAI_BASE_URL: server.baseUrl }, timeouts)
    const startedAt = performance.now()
    expect(await failure(ai)).toMatchObject({
      code: 'ai-timeout',
      message: expect.stringContaining(`ai.timeouts.${setting}`),
    })
    await cancelled
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  test('do not count the time the reader takes', async () => {
    await using server = await startLoopbackServer((_request, response) => {
      writeChunk(response, 'one ')
      writeChunk(response, 'two', 'stop')
      response.end('data: [DONE]\n\n')
    })
    const limits = { betweenTokensSeconds: 0.25 }
    const ai = open('openai-compatible:m', { OPENAI_BASE_URL: server.baseUrl }, limits)
    const pieces: string[] = []
    for await (const piece of ai.serviceFor('test').streamText(HELLO)) {
      pieces.push(piece)
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
    expect(pieces.join('')).toBe('one two')
  })
})

describe('ending early', () => {
  test.each<[string, (ai: Ai, controller: AbortController) => unknown]>([
    ['leaving the loop', () => 'leave'],
    ['the caller’s signal', (_ai, controller) => controller.abort(new Error('enough'))],
    ['closing the service', (ai) => ai.close()],
  ])('by %s cancels the HTTP request', async (_name, end) => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>()
    await using server = await startLoopbackServer((_request, response) => {
      response.once('close', resolve)
      writeChunk(response, 'one ')
    })
    const ai = open('openai-compatible:m', { OPENAI_BASE_URL: server.baseUrl })
    const controller = new AbortController()
    const reading = (async () => {
      for await (const _ of ai.serviceFor('test').streamText({ ...HELLO, signal: controller.signal })) {
        if (end(ai, controller) === 'leave') return 'left'
      }
      return 'finished'
    })().catch(() => 'failed')
    expect(await reading).not.toBe('finished')
    await cancelled
  })

  test('before the start asks nobody', async () => {
    await using server = await startLoopbackServer(() => {})
    const ai = open('openai-compatible:m', { OPENAI_BASE_URL: server.baseUrl })
    const error = await failure(ai, { ...HELLO, signal: AbortSignal.abort(new Error('enough')) })
    expect(error).toMatchObject({ message: 'enough' })
    ai.close()
    expect(await failure(ai)).toMatchObject({ code: 'ai-unavailable', message: 'The assistant is stopping.' })
    expect(server.requests).toHaveLength(0)
  })
})

describe('without any model', () => {
  test('the demo model answers, and the description says how to get a real one', async () => {
    const ai = open('auto')
    expect(await ai.describe()).toMatchObject({
      id: 'demo:help-texts',
      isDemo: true,
      setupHint: expect.any(String),
    })
    const request: TextRequest = {
      system: 'Be kind.',
      messages: [{ role: 'user', content: 'roll two dice' }],
    }
    const pieces = await read(ai, request)
    expect(pieces.length).toBeGreaterThan(5)
    expect(pieces.join('')).toContain('/roll 2d6')
  })

  test('an unusable setting is told by every call', async () => {
    const ai = open('anthropic:claude')
    expect(await ai.describe()).toMatchObject({
      id: 'anthropic:claude',
      isDemo: false,
      problem: expect.stringContaining('ANTHROPIC_API_KEY'),
    })
    for (const call of [ai.serviceFor('test').model(), read(ai)]) {
      await expect(call).rejects.toMatchObject({
        code: 'ai-misconfigured',
        message: expect.stringContaining('ANTHROPIC_API_KEY'),
      })
    }
  })
})
