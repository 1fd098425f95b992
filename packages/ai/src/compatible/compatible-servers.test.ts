import { AiError } from '@pluggram/sdk'
import type { TextEnd } from '@pluggram/sdk'
import { jsonSchema } from 'ai'
import type { ToolSet } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestAi } from '../test-ai.ts'
import { startLoopbackServer } from '../test-server.ts'
import type { LoopbackServer } from '../test-server.ts'
import type { ModelCall, StepRequest } from '../tools/tool-step.ts'
import { REFUSAL_CASES } from './test-refusal-cases.ts'
import type { Reply, SentRequest, ServerCase } from './test-server-cases.ts'
import { STREAM_CASES } from './test-stream-cases.ts'
import { TEXT_CASES } from './test-text-cases.ts'

const CASES: readonly ServerCase[] = [...STREAM_CASES, ...REFUSAL_CASES, ...TEXT_CASES]
const SCHEMA = jsonSchema({ type: 'object' })
const TOOLS: ToolSet = {
  math__add: { description: 'Adds.', inputSchema: SCHEMA },
  odd__tool: { description: 'Is odd.', inputSchema: SCHEMA },
}

/** One server for all: the first part of the path is the number of the case. */
let server: LoopbackServer
const counts = new Map<number, number>()

beforeAll(async () => {
  server = await startLoopbackServer(async (request, response) => {
    const number = Number(request.url?.split('/')[2])
    counts.set(number, (counts.get(number) ?? 0) + 1)
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    const { reply } = CASES[number] as ServerCase
    const given = typeof reply === 'function' ? reply(JSON.parse(body) as SentRequest) : reply
    const {
      status = 200,
      type = 'text/event-stream',
      body: bytes,
    }: Reply = typeof given === 'string' ? { body: given } : given
    response.writeHead(status, { 'content-type': type, 'retry-after-ms': '1' })
    // in small pieces, which tear characters and lines
    const whole = Buffer.from(bytes)
    for (let at = 0; at < whole.length; at += 37) response.write(whole.subarray(at, at + 37))
    response.end()
  })
})
afterAll(() => server[Symbol.asyncDispose]())

const label = ({ family, what }: ServerCase): string => `${family}: ${what}`

test.for(CASES.map((item, number) => [label(item), item, number] as const))(
  '%s',
  async ([, item, number]) => {
    const log: string[] = []
    const write = (message: string, fields?: object): void =>
      void log.push(`${message} ${JSON.stringify(fields ?? {})}`)
    using ai = openTestAi(
      { model: 'one:m', providers: { one: { baseUrl: `${server.baseUrl}/${number}` } } },
      { logger: { debug() {}, info() {}, warn: write, error: write } },
    )
    const heard = { text: '', calls: [] as readonly ModelCall[], end: undefined as TextEnd | undefined }
    const request: StepRequest = {
      system: 'Be kind.',
      messages: [
        { role: 'user', content: 'Are you there?' },
        { role: 'user', content: 'hello' },
      ],
      maxOutputTokens: 50,
      step: { messages: [], tools: TOOLS, mayCall: true, onEnd: (calls) => (heard.calls = calls) },
      onEnd: (end) => (heard.end = end),
    }
    const ask = async (): Promise<undefined> => {
      for await (const piece of ai.serviceFor('test').streamText(request)) heard.text += piece
    }
    const { gives } = item
    const check = async (count: number): Promise<void> => {
      counts.set(number, 0)
      heard.text = ''
      const error = await ask().catch((thrown: unknown) => thrown)
      expect(error instanceof AiError ? error.code : error).toBe(gives.error)
      expect(heard.text).toBe(gives.text ?? '')
      expect(heard.calls.map(({ name, args }) => ({ name, args }))).toEqual(gives.calls ?? [])
      expect(heard.end?.reason).toBe(gives.reason ?? heard.end?.reason)
      expect(counts.get(number)).toBe(count)
    }
    await check(gives.requests ?? 1)
    expect(log.join('\n')).toMatch(gives.log ?? /(?:)/)
    expect(log.join('\n')).not.toContain('sk-abc')
    // what a server refused is known by now
    if (gives.error !== 'ai-empty') await check(gives.later ?? 1)
  },
)
