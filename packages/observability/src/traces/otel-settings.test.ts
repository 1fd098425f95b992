import { describe, expect, test } from 'vitest'
import { readTraceSettings } from './otel-settings.ts'

const BASE = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
const read = (environment: Record<string, string> = {}): ReturnType<typeof readTraceSettings> =>
  readTraceSettings({ ...BASE, ...environment }, '1.2.3')

describe('where traces go', () => {
  test.each([
    [{}, 'http://collector:4318/v1/traces'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example.org/api/public/otel/' },
      'https://otel.example.org/api/public/otel/v1/traces',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318?tenant=a' }, 'http://c:4318/v1/traces?tenant=a'],
    // pasted whole
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/v1/traces/' }, 'http://c:4318/v1/traces'],
    // the address for traces is used as it stands
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t:1/custom' }, 'http://t:1/custom'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' }, 'http://collector:4318/v1/traces'],
  ])('%j', (environment, url) => {
    expect(read(environment as Record<string, string>).settings?.url).toBe(url)
  })

  test('a user in the address becomes a header', () => {
    const { settings } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:p%40ss@c.example.org' })
    expect(settings?.url).toBe('https://c.example.org/v1/traces')
    expect(settings?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  test.each([
    [{ OTEL_SDK_DISABLED: 'TRUE' }, 0],
    [{ OTEL_TRACES_EXPORTER: 'none' }, 0],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 1],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, 1],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'not an address' }, 1],
  ])('%j sends nothing', (environment, problems) => {
    const found = read(environment as Record<string, string>)
    expect(found.settings).toBeUndefined()
    expect(found.problems).toHaveLength(problems)
  })
})

test('headers are pairs, percent-encoded; what cannot be a header is left out without being shown', () => {
  const { settings, problems } = read({
    OTEL_EXPORTER_OTLP_HEADERS:
      'authorization=Basic%20cGs6c2s%3D, x-plain = Basic cGs6c2s==,x-key=50%,broken,bad name=1,x%2Dname=1,,x-line=a%0Ab',
  })
  expect(settings?.headers).toEqual({
    authorization: 'Basic cGs6c2s=',
    'x-plain': 'Basic cGs6c2s==',
    'x-key': '50%',
    // names are not encoded
    'x%2Dname': '1',
  })
  expect(problems).toHaveLength(3)
  expect(problems.join()).not.toContain('cGs6')
})

test('headers, time limit and compression for traces come before the general ones', () => {
  const { settings } = read({
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2500',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
  })
  expect(settings).toMatchObject({ headers: { b: '2' }, timeoutMs: 2_500, isCompressed: true })
})

test('what cannot be read counts as its default, and is said', () => {
  const { settings, problems } = read({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'brotli',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_BSP_MAX_QUEUE_SIZE: '-1',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
  })
  expect(settings).toMatchObject({ protocol: 'http/protobuf', timeoutMs: 10_000, maxQueue: 2_048 })
  expect(settings?.isSampled('0'.repeat(32))).toBe(true)
  expect(problems).toHaveLength(5)
  expect(problems[0]).toContain('4318')
})

test('the service has a name and a version; the name of its own variable comes first', () => {
  expect(read().settings?.resource).toMatchObject({ 'service.name': 'pluggram', 'service.version': '1.2.3' })
  const { settings } = read({
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=a%2Cb',
    OTEL_SERVICE_NAME: 'mine',
  })
  expect(settings?.resource).toMatchObject({ 'service.name': 'mine', 'deployment.environment.name': 'a,b' })
})

test('a sampler by ratio sends about that part, and the same traces each time', () => {
  const { settings } = read({
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  })
  const ids = Array.from({ length: 1_000 }, (_, at) =>
    (BigInt(at) * 0x0041_8937_4bc6_a7n).toString(16).padStart(32, '0'),
  )
  const sampled = ids.filter((id) => settings?.isSampled(id))
  expect(sampled.length).toBeGreaterThan(200)
  expect(sampled.length).toBeLessThan(300)
  expect(ids.filter((id) => settings?.isSampled(id))).toEqual(sampled)
  const never = read({ OTEL_TRACES_SAMPLER: 'always_off' }).settings
  expect(ids.some((id) => never?.isSampled(id))).toBe(false)
})

test('baggage is never sent, and traceparent only with tracecontext', () => {
  expect(read().settings?.isPropagating).toBe(true)
  expect(read({ OTEL_PROPAGATORS: 'none' }).settings?.isPropagating).toBe(false)
  expect(read({ OTEL_PROPAGATORS: 'b3, tracecontext' }).settings?.isPropagating).toBe(true)
})
