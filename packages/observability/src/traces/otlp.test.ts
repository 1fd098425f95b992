import { expect, test } from 'vitest'
import type { Span } from './journey-spans.ts'
import { toOtlpJson } from './otlp-json.ts'
import { toOtlpProtobuf } from './otlp-protobuf.ts'

const START = 1_796_000_000_123_456_789n
const COMMON = { traceId: '0af7651916cd43dd8448eb211c80319c', start: START, end: START + 1_500_000_123n }
const SPANS: readonly Span[] = [
  {
    ...COMMON,
    spanId: 'b7ad6b7169203331',
    name: 'process telegram',
    kind: 5,
    attributes: { s: 'ä text', n: 42, big: 5_000_000_001, d: 0.001_23, b: true, neg: -5, list: ['a', 'b'] },
    isError: false,
  },
  {
    ...COMMON,
    spanId: 'b7ad6b7169203332',
    parentSpanId: '00f067aa0ba902b7',
    name: 'chat m',
    kind: 3,
    attributes: {},
    isError: true,
  },
]
const BATCH = { resource: { 'service.name': 'pluggram' }, version: '1.2.3', spans: SPANS }

/**
 * What `ProtobufTraceSerializer` of @opentelemetry/otlp-transformer 0.301.0 makes of the same spans,
 * without the fields that it writes although they are zero.
 */
const PROTOBUF = [
  '0aba020a1c0a1a0a0c736572766963652e6e616d65120a0a08706c75676772616d1299020a110a08706c75676772616d',
  '1205312e322e3312b5010a100af7651916cd43dd8448eb211c80319c1208b7ad6b71692033312a1070726f6365737320',
  '74656c656772616d30053915cdf5077cacec184190fc5d617cacec184a0e0a017312090a07c3a420746578744a070a01',
  '6e1202182a4a0d0a0362696712061881e497d0124a0e0a0164120921d7868a71fe26543f4a070a0162120210014a120a',
  '036e6567120b18fbffffffffffffffff014a140a046c697374120c2a0a0a030a01610a030a01627a0085010101000012',
  '4c0a100af7651916cd43dd8448eb211c80319c1208b7ad6b7169203332220800f067aa0ba902b72a0663686174206d30',
  '033915cdf5077cacec184190fc5d617cacec187a021802850101010000',
].join('')

test('spans are encoded as by OpenTelemetry itself', () => {
  expect(toOtlpProtobuf(BATCH).toString('hex')).toBe(PROTOBUF)
})

test('as JSON, ids are hexadecimal and 64-bit numbers are text', () => {
  const { resourceSpans } = JSON.parse(toOtlpJson(BATCH).toString()) as { resourceSpans: unknown[] }
  expect(resourceSpans).toEqual([
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'pluggram' } }] },
      scopeSpans: [
        {
          scope: { name: 'pluggram', version: '1.2.3' },
          spans: [
            expect.objectContaining({
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: 'b7ad6b7169203331',
              startTimeUnixNano: '1796000000123456789',
              endTimeUnixNano: '1796000001623456912',
              status: {},
              attributes: [
                { key: 's', value: { stringValue: 'ä text' } },
                { key: 'n', value: { intValue: '42' } },
                { key: 'big', value: { intValue: '5000000001' } },
                { key: 'd', value: { doubleValue: 0.001_23 } },
                { key: 'b', value: { boolValue: true } },
                { key: 'neg', value: { intValue: '-5' } },
                {
                  key: 'list',
                  value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
                },
              ],
            }),
            expect.objectContaining({ parentSpanId: '00f067aa0ba902b7', status: { code: 2 } }),
          ],
        },
      ],
    },
  ])
})
