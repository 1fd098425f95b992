import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel, toolResults } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'
import { startProxy } from './support/proxy.ts'

const WORDS = 'zanzibar'
const KEY = 'canary-key-of-the-collector-4711'
const servers: Server[] = []
const models: ObedientModel[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await Promise.all(models.splice(0).map((model) => model.close()))
  await removeHomes()
})

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number }
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Pick<Span, 'attributes'>
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function startServer(answer = '{}', port = 0): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString()
    received.push({ url: request.url ?? '', headers: request.headers, body })
    response.end(answer)
  })
  servers.push(server)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, received }
}

function spansIn(received: readonly Received[]): Span[] {
  return received
    .map(({ body }) => JSON.parse(body) as Export)
    .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
    .flatMap(({ spans }) => spans)
}

function attribute({ attributes }: Pick<Span, 'attributes'>, key: string): unknown {
  return Object.values(attributes.find((item) => item.key === key)?.value ?? {})[0]
}

const FETCHER = (port: number): string => `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  permissions: { network: ['127.0.0.1'] },
  commands: {
    boom: { description: 'Fails', execute(args) { throw new TypeError('cannot read ' + args) } },
    get: {
      description: 'Gets',
      async execute(args, { services }) {
        const response = await services.http.fetch('http://127.0.0.1:${port}/page?q=' + args)
        return { success: true, response: await response.text() }
      },
    },
  },
  tools: {
    look: {
      description: 'Looks',
      schema: z.object({ at: z.string() }),
      role: 'everyone',
      effect: 'none',
      execute: ({ at }) => 'seen ' + at,
    },
  },
})
`

test('each message is a trace at the collector, behind a proxy, with no words, secrets or people in it', async () => {
  const { url, driver } = await startEmulator()
  const proxy = await startProxy()
  const [collector, site] = [await startServer(), await startServer('a page')]
  const model = await startObedientModel((request) => {
    if (toolResults(request).length > 0) return { text: `It gave ${WORDS}` }
    return { calls: [{ name: 'fetcher__look', args: { at: WORDS } }] }
  })
  models.push(model)
  const home = await createHome({
    'plugins/fetcher.ts': FETCHER(site.port),
    'plugins_config.json': { enabled_plugins: { fetcher: true } },
    '.env': [
      `OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.test:${collector.port}`,
      'OTEL_EXPORTER_OTLP_PROTOCOL=http/json',
      `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20${KEY}`,
      'OTEL_SERVICE_NAME=my-bot',
      'OTEL_BSP_SCHEDULE_DELAY=50',
      `HTTP_PROXY=http://${proxy.name}`,
      '',
    ].join('\n'),
  })
  await grant(home, 'fetcher')
  const assistant = await startAssistant(home, {
    OPENAI_BASE_URL: model.url,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
  })
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, `/get ${WORDS}`)).toEqual(['a page'])
  await ask(driver, ada, `look at ${WORDS}`)
  await ask(driver, ada, `/boom ${WORDS} ${KEY}`)
  const roots = (): Span[] =>
    spansIn(collector.received).filter(({ parentSpanId }) => parentSpanId === undefined)
  await expect.poll(() => roots().length).toBe(3)

  const all = spansIn(collector.received)
  // tokens are counted once, by the requests themselves
  const counting = all.filter((span) => attribute(span, 'gen_ai.usage.input_tokens') !== undefined)
  expect(counting.map(({ name }) => name)).toEqual(['chat obedient', 'chat obedient'])
  const now = BigInt(Date.now()) * 1_000_000n
  for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of roots()) {
    expect(now - BigInt(startTimeUnixNano)).toBeLessThan(600_000_000_000n)
    expect(now - BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(0n)
    const own = all.filter((span) => span.traceId === traceId)
    const ids = new Set(own.map((span) => span.spanId))
    expect(ids.size).toBe(own.length)
    for (const span of own) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/)
      expect(span.spanId === spanId || ids.has(span.parentSpanId ?? '')).toBe(true)
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
      expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(endTimeUnixNano))
    }
  }
  const named = (name: string): Span => {
    const span = all.find((item) => item.name === name)
    if (!span) throw new Error(`no span ${name}: ${all.map((item) => item.name).join()}`)
    return span
  }
  // the servers can go on with the trace, and get nothing else
  const get = named('GET')
  expect(attribute(get, 'server.address')).toBe('127.0.0.1')
  expect(attribute(get, 'http.response.status_code')).toBe('200')
  const [page] = site.received
  expect(page?.headers).toMatchObject({ traceparent: `00-${get.traceId}-${get.spanId}-01` })
  expect(page?.headers).not.toHaveProperty('baggage')
  expect(page?.headers).not.toHaveProperty('tracestate')
  const chat = named('chat obedient')
  expect(attribute(chat, 'gen_ai.request.model')).toBe('obedient')
  expect(Number(attribute(chat, 'gen_ai.usage.input_tokens'))).toBeGreaterThan(0)
  expect(model.headers.map(({ traceparent }) => traceparent)).toContain(
    `00-${chat.traceId}-${chat.spanId}-01`,
  )
  expect(attribute(named('execute_tool fetcher.look'), 'gen_ai.tool.name')).toBe('fetcher.look')
  const failed = all.find((span) => span.name === 'plugin fetcher' && span.status.code === 2)
  if (!failed) throw new Error('no failed span')
  expect(attribute(failed, 'error.type')).toBe('TypeError')
  expect(roots().map(({ status }) => status.code)).toContain(2)

  const everything = JSON.stringify(collector.received.map(({ body }) => body))
  for (const hidden of [WORDS, KEY, TOKEN, String(ada.id), 'Ada', 'a page'])
    expect(everything).not.toContain(hidden)
  expect(collector.received[0]).toMatchObject({
    url: '/v1/traces',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  })
  const { resourceSpans } = JSON.parse(collector.received[0]?.body ?? '') as Export
  expect(resourceSpans.map(({ resource }) => attribute(resource, 'service.name'))).toEqual(['my-bot'])
  expect(proxy.asked).toContain(`collector.test:${collector.port}`)
  expect(assistant.output()).toContain('sending traces')
  expect(assistant.output()).not.toContain(KEY)
  proxy.close()
})

test('a collector that is down costs no answer, and is said once; traces go on when it is back', async () => {
  const { url, driver } = await startEmulator()
  const port = await findFreePort()
  const home = await createHome({ 'plugins_config.json': { enabled_plugins: { dice: true } } })
  const assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  })
  const ada = await createPerson(driver)
  for (let times = 0; times < 3; times += 1) expect(await ask(driver, ada, '/roll 1d1')).toHaveLength(1)
  await assistant.waitFor(/"finding":"traces.not-sent".*ECONNREFUSED/)
  const { received } = await startServer('', port)
  await assistant.waitFor(/traces are sent again/)
  expect(received[0]?.headers['content-type']).toBe('application/x-protobuf')
  await assistant.waitFor(/a problem is gone/)
  expect(assistant.output().match(/ECONNREFUSED/g)).toHaveLength(1)
  expect(assistant.output().match(/4317 is for grpc/g)).toHaveLength(1)
  await assistant.stop()
})
