import { z } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { openTestAi } from './test-ai.ts'
import { startLoopbackServer, writeAnswer } from './test-server.ts'

const schema = z.object({ name: z.string(), age: z.number() })
const ask = { schema, messages: [{ role: 'user' as const, content: 'Ada Lovelace' }] }

async function answering(...answers: string[]): Promise<{ result: unknown; bodies: string[] }> {
  const bodies: string[] = []
  await using server = await startLoopbackServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      bodies.push(body)
      writeAnswer(response, answers[bodies.length - 1] ?? 'no more', { input: 10, output: 5 })
    })
  })
  using ai = openTestAi({ model: 'one:m', providers: { one: { baseUrl: server.baseUrl } } })
  const result: unknown = await ai
    .serviceFor('test')
    .generateObject(ask)
    .catch((error: unknown) => error)
  return { result, bodies }
}

test('an answer as data is read, with a fence around it or without', async () => {
  const object = { name: 'Ada', age: 36 }
  expect((await answering(JSON.stringify(object))).result).toMatchObject({ object, model: 'one:m' })
  const fenced = '```json\n' + JSON.stringify(object) + '\n```'
  expect((await answering(fenced)).result).toMatchObject({ object })
})

test('an answer that does not fit is corrected once, and both are counted', async () => {
  const { result, bodies } = await answering('{"name":"Ada"}', '{"name":"Ada","age":36}')
  expect(result).toMatchObject({
    object: { name: 'Ada', age: 36 },
    usage: { inputTokens: 20, outputTokens: 10 },
  })
  expect(bodies[0]).toContain('\\"age\\"')
  expect(bodies[1]).toContain('not valid')
})

test('a model that cannot is an error', async () => {
  const { result, bodies } = await answering('Sure! Here you go.', 'Sorry.')
  expect(result).toMatchObject({ code: 'ai-unavailable' })
  expect(bodies).toHaveLength(2)
})
