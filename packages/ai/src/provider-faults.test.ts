import type { ServerResponse } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { failureOf, HELLO, openTestAi, readText } from './test-ai.ts'
import { startLoopbackServer, writeAnswer, writeChunk } from './test-server.ts'

const MEBIBYTE = 1_048_576
const TIMEOUTS = { firstTokenSeconds: 0.5, betweenTokensSeconds: 0.5, totalSeconds: 3 }
/** The time limits of a case, plus two seconds for everything else. */
const LATEST_MS = (TIMEOUTS.totalSeconds + 7) * 1_000

afterEach(() => void vi.restoreAllMocks())

/** Writes until the reader disconnects. */
function writeOn(response: ServerResponse, next: (count: number) => string, most = Infinity): void {
  let count = 0
  const write = (): void => {
    while (!response.destroyed && count < most) {
      if (!response.write(next(count++))) return void response.once('drain', write)
    }
    if (!response.destroyed) response.end()
  }
  write()
}

const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' })

const chunkOf = (delta: object): string =>
  `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta }] })}\n\n`

const FAULTS: [string, (response: ServerResponse) => unknown][] = [
  ['accepts and says nothing', () => {}],
  ['sends headers and nothing else', (response) => stream(response).flushHeaders()],
  [
    'sends comments to keep the connection open',
    (response) => {
      stream(response)
      const timer = setInterval(() => response.write(': ping\n\n'), 50)
      response.once('close', () => clearInterval(timer))
    },
  ],
  ['answers 429', (response) => response.writeHead(429).end('{}')],
  ['answers 500', (response) => response.writeHead(500).end('<html>oops')],
  ['sends garbage as JSON', (response) => stream(response).end('data: {"choices": [{"del\n\n')],
  ['sends bytes that are no text', (response) => stream(response).end(Buffer.alloc(100_000, 0xff))],
  [
    'answers with a page',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>')
    },
  ],
  [
    'breaks off before the first word',
    (response) => {
      stream(response).write('data: {')
      setTimeout(() => response.destroy(), 50)
    },
  ],
  [
    'breaks off in the middle',
    (response) => {
      writeChunk(response, 'Half an ')
      setTimeout(() => response.destroy(), 50)
    },
  ],
  [
    'ends without saying that it is over',
    (response) => {
      writeChunk(response, 'Half an ')
      response.end()
    },
  ],
  [
    'thinks for ever',
    (response) => {
      stream(response)
      const timer = setInterval(() => response.write(chunkOf({ reasoning_content: 'hmm ' })), 20)
      response.once('close', () => clearInterval(timer))
    },
  ],
  [
    'never comes to an end',
    (response) => {
      stream(response)
      const timer = setInterval(() => response.write(chunkOf({ content: 'and ' })), 20)
      response.once('close', () => clearInterval(timer))
    },
  ],
  [
    'sends 50 MB of words',
    (response) => writeOn(stream(response), () => chunkOf({ content: 'x'.repeat(MEBIBYTE / 4) }), 200),
  ],
  [
    'sends 50 MB of thoughts',
    (response) =>
      writeOn(stream(response), () => chunkOf({ reasoning_content: 'x'.repeat(MEBIBYTE / 4) }), 200),
  ],
  [
    'sends 50 MB in one line',
    (response) => writeOn(stream(response), (count) => (count === 0 ? 'data: "' : 'x'.repeat(MEBIBYTE)), 50),
  ],
  [
    'sends 80 MB of lines that mean nothing',
    (response) => writeOn(stream(response), () => `: ${'x'.repeat(MEBIBYTE)}\n`, 80),
  ],
  ['sends an error of 50 MB', (response) => writeOn(response.writeHead(500), () => 'x'.repeat(MEBIBYTE), 50)],
]

test.each(FAULTS)('a server that %s is an error in time, and nothing is left open', async (_fault, fail) => {
  const closed: Promise<void>[] = []
  await using server = await startLoopbackServer((_request, response) => {
    closed.push(new Promise((resolve) => response.once('close', resolve)))
    fail(response)
  })
  using ai = openTestAi({
    model: 'one:m',
    providers: { one: { baseUrl: server.baseUrl } },
    timeouts: TIMEOUTS,
  })
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
  const before = process.memoryUsage().rss
  const startedAt = performance.now()
  const error = await failureOf(readText(ai))
  const took = performance.now() - startedAt
  clearInterval(watch)
  expect(error).toMatchObject({ name: 'AiError', message: expect.not.stringMatching(/\n|at .*\.ts/) })
  expect(took).toBeLessThan(LATEST_MS)
  expect((peak - before) / MEBIBYTE).toBeLessThan(150)
  await Promise.all(closed)
})

test.each([
  ['openai', 'openai', 'data: {"type":"response.created"}\n\n'],
  ['anthropic', 'anthropic', 'event: ping\ndata: {"type":"ping"}\n\n'],
  ['google', 'google', 'data: {"candidates":[]}\n\n'],
] as const)('%s that only keeps the connection open is given up in time', async (_name, api, line) => {
  await using server = await startLoopbackServer((_request, response) => {
    stream(response)
    const timer = setInterval(() => response.write(line), 50)
    response.once('close', () => clearInterval(timer))
  })
  using ai = openTestAi({
    model: 'one:m',
    providers: { one: { api, baseUrl: server.baseUrl, apiKey: 'k' } },
    timeouts: TIMEOUTS,
  })
  const startedAt = performance.now()
  expect(await failureOf(readText(ai))).toMatchObject({ name: 'AiError' })
  expect(performance.now() - startedAt).toBeLessThan(LATEST_MS)
})

test.each([
  [
    'openai',
    [
      '{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"m"}}',
      '{"type":"response.output_text.delta","item_id":"m","delta":"Half an "}',
    ],
  ],
  [
    'anthropic',
    [
      '{"type":"message_start","message":{"id":"a","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half an "}}',
    ],
  ],
  ['google', ['{"candidates":[{"content":{"role":"model","parts":[{"text":"Half an "}]}}]}']],
] as const)('%s whose stream ends without saying why is no whole answer', async (api, events) => {
  await using server = await startLoopbackServer((_request, response) =>
    stream(response).end(events.map((event) => `data: ${event}\n\n`).join('')),
  )
  using ai = openTestAi({
    model: 'one:m',
    providers: { one: { api, baseUrl: server.baseUrl, apiKey: 'k' } },
    timeouts: TIMEOUTS,
  })
  const pieces: string[] = []
  const reading = (async () => {
    for await (const piece of ai.serviceFor('test').streamText(HELLO)) pieces.push(piece)
  })()
  expect(await failureOf(reading)).toMatchObject({
    code: 'ai-unavailable',
    message: expect.stringContaining('broke off its answer'),
  })
  expect(pieces).toEqual(['Half an '])
})

test('nobody waits twice for a silent server', async () => {
  await using server = await startLoopbackServer(() => {})
  using ai = openTestAi({
    model: 'one:m',
    providers: { one: { baseUrl: server.baseUrl } },
    timeouts: TIMEOUTS,
  })
  expect(await failureOf(readText(ai))).toMatchObject({ code: 'ai-timeout' })
  expect(server.requests).toHaveLength(1)
})

test('what is given up, fails or is left makes room for the next, however tight the limit is', async () => {
  const answers: ((response: ServerResponse) => unknown)[] = [
    () => {},
    (response) => response.writeHead(500).end('{}'),
    (response) => response.writeHead(500).end('{}'),
    (response) => writeChunk(response, 'Well, '),
    (response) => writeAnswer(response, 'There you are.'),
  ]
  await using server = await startLoopbackServer((_request, response) => answers.shift()?.(response))
  using ai = openTestAi({
    model: 'one:m',
    providers: { one: { baseUrl: server.baseUrl } },
    concurrency: { user: 1, overall: 1 },
  })
  const service = ai.serviceFor('test')
  const request = { messages: [{ role: 'user' as const, content: 'hello' }], for: { user: { id: 1 } } }
  const controller = new AbortController()
  const givenUp = failureOf(service.generateText({ ...request, signal: controller.signal }))
  await expect.poll(() => server.requests).toHaveLength(1)
  controller.abort(new Error('enough'))
  expect(await givenUp).toMatchObject({ message: 'enough' })
  expect(await failureOf(service.generateText(request))).toMatchObject({ code: 'ai-unavailable' })
  for await (const word of service.streamText(request)) {
    expect(word).toBe('Well, ')
    break
  }
  expect((await service.generateText(request)).text).toBe('There you are.')
})
