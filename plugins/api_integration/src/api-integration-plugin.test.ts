import { readFileSync } from 'node:fs'
import { collectText, createTestServices, runPlugin } from '@pluggram/testing'
import type { PluginUnderTest, TestServices } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { PluggramError } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import apiIntegration from './index.ts'

installLeakCheck()

const document = readFileSync(new URL('__fixtures__/pets.yaml', import.meta.url), 'utf8')

interface Seen {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly redirect: string
}

interface Bench extends AsyncDisposable {
  readonly plugin: PluginUnderTest
  readonly services: TestServices
  readonly seen: Seen[]
}

type Config = NonNullable<NonNullable<Parameters<typeof runPlugin>[1]>['config']>

/** Runs the plugin against a service that gives one answer. */
async function bench(
  config: Config,
  answer: () => Response = () => Response.json({ text: 'hello' }),
): Promise<Bench> {
  const seen: Seen[] = []
  const services = createTestServices({
    async fetch(input, init) {
      const request = new Request(input, init)
      const { url, method, headers, redirect } = request
      seen.push({ url, method, redirect, headers: Object.fromEntries(headers), body: await request.text() })
      return answer()
    },
  })
  const plugin = await runPlugin(apiIntegration, { config, services })
  return { plugin, services, seen, [Symbol.asyncDispose]: () => plugin.stop() }
}

const echo = { url: 'https://api.example.com/echo' }

test('a command posts the message as JSON and shows the answer', async () => {
  await using b = await bench({
    endpoints: { echo: { ...echo, reply: 'It says {{ answer.text }} ({{ status }})' } },
  })
  expect(await collectText(await b.plugin.send('/echo good "day"'))).toBe('It says hello (200)')
  expect(b.seen[0]).toMatchObject({
    url: 'https://api.example.com/echo',
    method: 'POST',
    body: '{"message":"good \\"day\\""}',
    headers: { 'content-type': 'application/json', 'idempotency-key': expect.stringContaining('test-') },
    redirect: 'manual',
  })
})

test('without a reply template the data itself is the answer', async () => {
  await using b = await bench({ endpoints: { echo } })
  expect(await b.plugin.send('/echo x')).toEqual({ success: true, data: { text: 'hello' } })
})

test('address, headers and body are filled in, each encoded for its place', async () => {
  await using b = await bench({
    endpoints: {
      find: {
        url: 'https://api.example.com/{{ user.language }}/find?q={{ message }}',
        headers: { 'x-user': '{{ user.first_name }}' },
        body: { who: '{{ user.id }}', note: 'from {{ chat.type }}' },
        reply: 'ok',
      },
    },
  })
  await b.plugin.send('/find a&b', { user: { firstName: 'Zoë\r\nx-evil: 1', languageCode: 'de' } })
  expect(b.seen[0]).toMatchObject({
    url: 'https://api.example.com/de/find?q=a%26b',
    body: '{"who":1001,"note":"from private"}',
    headers: { 'x-user': 'Zo%C3%AB%0D%0Ax-evil: 1' },
  })
  expect(b.seen[0]?.headers).not.toHaveProperty('x-evil')
})

test('a form is sent as a form', async () => {
  await using b = await bench({
    endpoints: { echo: { ...echo, body_type: 'form', body: { q: '{{ message }}', n: 1 } } },
  })
  await b.plugin.send('/echo a b&c')
  expect(b.seen[0]).toMatchObject({
    body: 'q=a+b%26c&n=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
})

test.each([
  [{ type: 'bearer', token: 't0ken' }, { authorization: 'Bearer t0ken' }],
  [{ type: 'basic', username: 'ann', password: 'pässword' }, { authorization: 'Basic YW5uOnDDpHNzd29yZA==' }],
  [{ type: 'header', name: 'X-Key', value: 'k' }, { 'x-key': 'k' }],
])('%j proves who asks', async (auth, headers) => {
  await using b = await bench({ endpoints: { echo: { ...echo, auth } } })
  await b.plugin.send('/echo x')
  expect(b.seen[0]?.headers).toMatchObject(headers)
})

test('a secret in the address is neither told nor logged when the service fails', async () => {
  await using b = await bench(
    { endpoints: { echo: { ...echo, auth: { type: 'query', name: 'key', value: 's3cret' } } } },
    () => new Response('down', { status: 500 }),
  )
  const result = await b.plugin.send('/echo x')
  expect(b.seen[0]?.url).toBe('https://api.example.com/echo?key=s3cret')
  expect(result).toEqual({ success: false, error: 'echo answered with the status 500.' })
  expect(JSON.stringify([b.services.logLines, b.services.exceptions])).not.toContain('s3cret')
  expect(b.services.logLines).toMatchObject([{ level: 'warn', fields: { status: 500, answer: 'down' } }])
})

test('a status has the words that the owner gives it', async () => {
  await using b = await bench(
    { endpoints: { echo: { ...echo, errors: { 404: 'No such town.' } } } },
    () => new Response('', { status: 404 }),
  )
  expect(await b.plugin.send('/echo x')).toEqual({ success: false, error: 'No such town.' })
})

test.each<[string, () => Response, string]>([
  [
    'JSON that is nested too deeply',
    () => new Response('['.repeat(100_000) + ']'.repeat(100_000)),
    'could not read the response',
  ],
  [
    'broken JSON',
    () => new Response('{"a":', { headers: { 'content-type': 'application/json' } }),
    'could not read the response',
  ],
  [
    'a redirect',
    () => new Response('', { status: 302, headers: { location: 'https://evil.example/' } }),
    'status 302',
  ],
  ['too much', () => new Response('x'.repeat(1_100_000)), 'too long'],
  [
    'silence',
    () => {
      throw new PluggramError('network-failed', 'api.example.com did not answer')
    },
    "isn't responding",
  ],
])('%s is told in words', async (_what, answer, words) => {
  await using b = await bench({ endpoints: { echo } }, answer)
  expect(await b.plugin.send('/echo x')).toEqual({ success: false, error: expect.stringContaining(words) })
})

test('messages that match the pattern are answered, with its groups at hand', async () => {
  await using b = await bench({
    endpoints: {
      weather: {
        ...echo,
        command: false,
        pattern: '^weather in (?<town>.+)$',
        body: { town: '{{ match.town }}' },
      },
    },
  })
  expect(b.plugin.descriptor.commands).toEqual([])
  expect(b.plugin.descriptor.patterns.some((pattern) => pattern.test('Weather in Rome'))).toBe(true)
  await b.plugin.send('Weather in Rome')
  expect(b.seen[0]?.body).toBe('{"town":"Rome"}')
  expect(await b.plugin.send('something else')).toBeUndefined()
})

test('only those who may use an endpoint', async () => {
  await using b = await bench({ endpoints: { echo: { ...echo, role: 'trusted', pattern: '.*' } } })
  expect(await b.plugin.send('/echo x')).toMatchObject({ success: false })
  expect(await b.plugin.send('x')).toBeUndefined()
  expect(await b.plugin.send('/echo x', { role: 'owner' })).toMatchObject({ success: true })
  expect(b.seen).toHaveLength(1)
})

test('an endpoint can be a tool of the model', async () => {
  const tool = { description: 'Echoes', effect: 'none', role: 'everyone' }
  await using b = await bench({ endpoints: { echo: { ...echo, command: false, tool } } })
  expect(await b.plugin.callTool('echo', { message: 'hi' })).toEqual({
    status: 200,
    content: { text: 'hello' },
  })
  await expect(b.plugin.callTool('echo', {})).rejects.toMatchObject({ code: 'tool-arguments-invalid' })
})

test('an OpenAPI document becomes commands and tools', async () => {
  await using b = await bench({ openapi: [{ document, auth: { type: 'bearer', token: 't' } }] })
  expect(b.plugin.descriptor.commands.map(({ name }) => name)).toEqual([
    'get_pet_by_id',
    'list_pets',
    'add_pet',
  ])
  expect(await b.plugin.send('/get_pet_by_id 7')).toMatchObject({ success: false })
  expect(await b.plugin.send('/get_pet_by_id 7', { role: 'owner' })).toEqual({
    success: true,
    data: { text: 'hello' },
  })
  expect(await b.plugin.send('/list_pets gone', { role: 'owner' })).toEqual({
    success: false,
    error: expect.stringContaining('status'),
  })
  expect(await b.plugin.callTool('list_pets', { status: 'free', limit: 2 })).toMatchObject({ status: 200 })
  await expect(b.plugin.callTool('add_pet', { body: { name: 'x'.repeat(30) } })).rejects.toMatchObject({
    code: 'tool-arguments-invalid',
  })
  expect(b.seen.map(({ url, headers }) => [url, headers['authorization']])).toEqual([
    ['https://pets.example.com/v1/pets/7', 'Bearer t'],
    ['https://pets.example.com/v1/pets?status=free&limit=2', 'Bearer t'],
  ])
})

test('the hosts of the configuration are what the plugin asks for', () => {
  const config = {
    endpoints: { a: { ...echo }, b: { url: 'http://127.0.0.1:8000/x' } },
    openapi: [{ document }],
  }
  const parsed = apiIntegration.config?.['~standard'].validate({ ...config, allow_addresses: ['10.0.0.5'] })
  if (!parsed || parsed instanceof Promise || parsed.issues) throw new Error('not taken')
  expect(apiIntegration.configure?.(parsed.value).permissions).toEqual({
    network: ['10.0.0.5', 'api.example.com', '127.0.0.1', 'pets.example.com'],
  })
})

test.each([
  [
    { endpoints: { a: { url: 'https://{{ message }}/' } } },
    'plugins.api_integration.endpoints.a.url: has an expression in its host',
  ],
  [{ endpoints: { a: { ...echo, reply: '{{ a + }}' } } }, 'endpoints.a.reply'],
  [{ endpoints: { a: { ...echo, body: { x: '{{ (' } } } }, 'endpoints.a.body'],
  [{ endpoints: { a: {} } }, 'Missing required config: plugins.api_integration.endpoints.a.url'],
  [{ endpoints: { a: { ...echo, pattern: '(' } } }, 'endpoints.a.pattern'],
  [{ openapi: [{ document: 'swagger: "2.0"' }] }, 'openapi[0].document'],
  [{ openapi: [{ document }, { document }] }, 'openapi.1: its operation "get_pet_by_id" is there already'],
])('the configuration %j is refused', async (config, message) => {
  await expect(runPlugin(apiIntegration, { config })).rejects.toThrow(message)
})

test('the example of a configuration is taken', async () => {
  await using b = await bench(example.plugins.api_integration)
  expect(b.plugin.descriptor.commands.map(({ name }) => name)).toEqual(['weather', 'ask'])
})

test('an empty answer is done, a web page is none, and a long one comes as a file', async () => {
  let answer = new Response(null, { status: 204 })
  await using b = await bench({ endpoints: { echo } }, () => answer)
  expect(await collectText(await b.plugin.send('/echo x'))).toBe('Done (status 204).')
  answer = new Response('<form>Log in</form>', { headers: { 'content-type': 'text/html; charset=utf-8' } })
  expect(await b.plugin.send('/echo x')).toEqual({
    success: false,
    error: 'echo answered with a web page, not with data.',
  })
  for (const [sent, fileName] of [
    [new Response('x'.repeat(20_000)), 'echo.txt'],
    [Response.json(Array(9_000).fill(1)), 'echo.json'],
  ] as const) {
    answer = sent
    expect(await b.plugin.send('/echo x')).toMatchObject({
      response: { text: expect.stringContaining('characters'), media: { kind: 'document', fileName } },
    })
  }
})
