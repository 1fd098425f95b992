import { inStep } from '@pluggram/sdk/runtime'
import type { Step, StepFacts } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { failureOf, openTestAi, readText } from './test-ai.ts'
import { startLoopbackServer, writeAnswer } from './test-server.ts'

interface Noted {
  readonly kind: string
  readonly name: string
  outcome?: string | undefined
  facts: StepFacts
}

/** A step of a message's journey that keeps what its parts are told. */
function createStep(into: Noted[]): Step {
  return {
    begin(kind, name, facts = {}) {
      const noted: Noted = { kind, name, facts }
      into.push(noted)
      const number = into.length
      const note = (more: StepFacts): void => void (noted.facts = { ...noted.facts, ...more })
      return {
        ...createStep(into),
        traceparent: `00-${'a'.repeat(32)}-${String(number).padStart(16, '0')}-01`,
        note,
        end(outcome, more = {}) {
          noted.outcome ??= outcome ?? 'ok'
          note(more)
        },
      }
    },
    note() {},
    end() {},
    traceparent: undefined,
  }
}

test('each request to a model is a step with its tokens, its failure, and the trace that the server gets', async () => {
  const traces: unknown[] = []
  await using failing = await startLoopbackServer((request, response) => {
    traces.push(request.headers.traceparent)
    response.writeHead(503).end()
  })
  await using working = await startLoopbackServer((request, response) => {
    traces.push(request.headers.traceparent)
    writeAnswer(response, 'hello there')
  })
  using ai = openTestAi({
    model: ['one:a', 'two:b'],
    providers: { one: { baseUrl: failing.baseUrl }, two: { baseUrl: working.baseUrl } },
  })
  const noted: Noted[] = []
  await inStep(createStep(noted), () => readText(ai))
  expect(noted).toMatchObject([
    { kind: 'model', name: 'one:a', outcome: 'failed', facts: { error: 'ai-unavailable' } },
    {
      kind: 'model',
      name: 'two:b',
      outcome: 'ok',
      facts: { inputTokens: expect.any(Number), firstWordMs: expect.any(Number) },
    },
  ])
  expect(traces).toEqual(
    [1, 2].map((number) => `00-${'a'.repeat(32)}-${String(number).padStart(16, '0')}-01`),
  )
  // without a message there is nothing to record, and no trace
  await readText(ai)
  expect(noted).toHaveLength(2)
  expect(traces.at(-1)).toBeUndefined()
})

test('a retry is a wait of its own', async () => {
  let requests = 0
  await using server = await startLoopbackServer((_request, response) => {
    requests += 1
    if (requests > 1) return writeAnswer(response, 'at last')
    response.writeHead(503, { 'retry-after': '0' }).end()
  })
  using ai = openTestAi({ model: 'one:a', providers: { one: { baseUrl: server.baseUrl } } })
  const noted: Noted[] = []
  await inStep(createStep(noted), () => readText(ai))
  expect(noted.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['model', 'failed'],
    ['retry', 'ok'],
    ['model', 'ok'],
  ])
})

test('a request that somebody stops has neither succeeded nor failed', async () => {
  await using server = await startLoopbackServer(() => {})
  using ai = openTestAi({ model: 'one:a', providers: { one: { baseUrl: server.baseUrl } } })
  const noted: Noted[] = []
  const request = { messages: [{ role: 'user' as const, content: 'hello' }], signal: AbortSignal.timeout(50) }
  await inStep(createStep(noted), () => failureOf(readText(ai, request)))
  expect(noted).toMatchObject([{ kind: 'model', outcome: 'stopped' }])
})
