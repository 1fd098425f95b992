import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import type { Span } from './journey-spans.ts'
import { readTraceSettings } from './otel-settings.ts'
import { TraceExporter } from './trace-exporter.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Stage {
  readonly exporter: TraceExporter
  /** How many spans arrived, by request. */
  readonly arrived: number[]
  readonly lines: string[]
}

/** @param answer how the collector answers its first, second … request */
async function startStage(
  answer: (response: ServerResponse, number: number) => void,
  more: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const arrived: number[] = []
  const server = createServer(async (request, response) => {
    const chunks = (await request.toArray()) as Buffer[]
    const body = Buffer.concat(chunks)
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    arrived.push(plain.toString().match(/"spanId"/g)?.length ?? 0)
    answer(response, arrived.length)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { settings } = readTraceSettings(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      ...more,
    },
    '1.0.0',
  )
  if (!settings) throw new Error('no settings')
  const lines: string[] = []
  const log = (message: string, fields?: object): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const logger = { debug: log, info: log, warn: log, error: log }
  return { exporter: new TraceExporter({ settings, version: '1.0.0', logger }), arrived, lines }
}

function spans(count: number): Span[] {
  return Array.from({ length: count }, () => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'x',
    kind: 1,
    start: 1n,
    end: 2n,
    attributes: {},
    isError: false,
  }))
}

test('spans are sent in batches, also compressed, and what is left is sent at the end', async () => {
  const { exporter, arrived } = await startStage((response) => void response.end('{}'), {
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '3',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  })
  exporter.add(spans(7))
  await expect.poll(() => arrived).toEqual([3, 3, 1])
  exporter.add(spans(2))
  await exporter.close(10_000)
  expect(arrived).toEqual([3, 3, 1, 2])
})

test('a collector that asks for patience gets the same spans later', async () => {
  const { exporter, arrived, lines } = await startStage((response, number) => {
    if (number === 1) response.writeHead(429, { 'retry-after': '0' }).end()
    else if (number === 2) response.writeHead(503, { 'retry-after': '0' }).end()
    else response.end('{}')
  })
  exporter.add(spans(2))
  await expect.poll(() => lines).toEqual(['traces are sent again {"spansLost":0}'])
  expect(arrived).toEqual([2, 2, 2])
  expect(exporter.failure).toBeUndefined()
  await exporter.close(1_000)
})

test('what a collector refuses for good is dropped and counted', async () => {
  const { exporter, arrived, lines } = await startStage((response, number) => {
    response
      .writeHead(number === 1 ? 500 : number === 2 ? 302 : 200, { location: 'http://127.0.0.1:1/' })
      .end()
  })
  for (const number of [1, 2, 3]) {
    exporter.add(spans(2))
    await expect.poll(() => arrived).toHaveLength(number)
    const reasons = ['', 'it answered with status 500', 'it answered with status 302']
    await expect.poll(() => exporter.failure).toBe(reasons[number])
  }
  expect(lines).toEqual(['traces are sent again {"spansLost":4}'])
  await exporter.close(1_000)
})

test('a collector that does not answer holds up nothing, and the queue stays bounded', async () => {
  const { exporter, arrived, lines } = await startStage(
    (response, number) => void (number > 1 && response.end('{}')),
    {
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
    },
  )
  exporter.add(spans(5))
  await expect.poll(() => arrived).toEqual([5])
  for (let times = 0; times < 1_000; times += 1) exporter.add(spans(4))
  await expect.poll(() => exporter.failure).toBe('it did not answer in time')
  await expect.poll(() => arrived).toEqual([5, 5, 8])
  await expect.poll(() => lines).toEqual(['traces are sent again {"spansLost":3992}'])
  await exporter.close(1_000)
})

test.each([
  ['http/json', '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}'],
  ['http/protobuf', Buffer.from('0a0b08031207746f6f206f6c64', 'hex')],
])(
  'spans that a collector refuses although it accepts the request are said once (%s)',
  async (protocol, answer) => {
    const { exporter, arrived, lines } = await startStage((response) => void response.end(answer), {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    for (const number of [1, 2]) {
      exporter.add(spans(1))
      await expect.poll(() => arrived).toHaveLength(number)
    }
    await expect.poll(() => lines).toHaveLength(1)
    expect(lines[0]).toContain('refuses some spans')
    await exporter.close(1_000)
    expect(lines).toHaveLength(1)
  },
)

test('nobody waits longer than allowed for a collector at the end', async () => {
  const { exporter, arrived } = await startStage(() => {})
  exporter.add(spans(1))
  await expect.poll(() => arrived).toHaveLength(1)
  const start = performance.now()
  await exporter.close(100)
  expect(performance.now() - start).toBeLessThan(5_000)
})
