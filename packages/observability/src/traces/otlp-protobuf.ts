import type { AttributeValue, Span } from './journey-spans.ts'
import { ERROR_STATUS, SCOPE, SPAN_FLAGS } from './otlp-json.ts'
import type { TraceBatch } from './otlp-json.ts'

/** How a field is encoded: Protocol Buffers' wire types. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/**
 * A batch as OTLP/protobuf, field by field as in opentelemetry-proto's `trace.proto` and
 * `common.proto`. Only the few fields that we fill are written.
 */
export function toOtlpProtobuf({ resource, version, spans }: TraceBatch): Buffer {
  const scope = message(text(1, SCOPE), text(2, version))
  const scopeSpans = message(bytes(1, scope), ...spans.map((span) => bytes(2, toSpan(span))))
  const resourceSpans = message(bytes(1, message(...toAttributes(1, resource))), bytes(2, scopeSpans))
  return bytes(1, resourceSpans)
}

function toSpan(span: Span): Buffer {
  const { traceId, spanId, parentSpanId, name, kind, start, end, attributes, isError } = span
  return message(
    bytes(1, Buffer.from(traceId, 'hex')),
    bytes(2, Buffer.from(spanId, 'hex')),
    ...(parentSpanId === undefined ? [] : [bytes(4, Buffer.from(parentSpanId, 'hex'))]),
    text(5, name),
    varintField(6, BigInt(kind)),
    fixed64(7, start),
    fixed64(8, end),
    ...toAttributes(9, attributes),
    bytes(15, isError ? varintField(3, BigInt(ERROR_STATUS)) : Buffer.alloc(0)),
    fixed32(16, SPAN_FLAGS),
  )
}

function toAttributes(field: number, attributes: Readonly<Record<string, AttributeValue>>): Buffer[] {
  return Object.entries(attributes).map(([key, value]) =>
    bytes(field, message(text(1, key), bytes(2, toValue(value)))),
  )
}

function toValue(value: AttributeValue): Buffer {
  if (typeof value === 'string') return text(1, value)
  if (typeof value === 'boolean') return varintField(2, value ? 1n : 0n)
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? varintField(3, BigInt.asUintN(64, BigInt(value))) : double(4, value)
  return bytes(5, message(...value.map((item) => bytes(1, text(1, item)))))
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields)
}

function tag(field: number, wire: (typeof WIRE)[keyof typeof WIRE]): Buffer {
  return varint(BigInt((field << 3) | wire))
}

function varint(value: bigint): Buffer {
  const parts: number[] = []
  let rest = value
  while (rest > 0x7fn) {
    parts.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  parts.push(Number(rest))
  return Buffer.from(parts)
}

function varintField(field: number, value: bigint): Buffer {
  return message(tag(field, WIRE.varint), varint(value))
}

function fixed64(field: number, value: bigint): Buffer {
  const content = Buffer.alloc(8)
  content.writeBigUInt64LE(value)
  return message(tag(field, WIRE.fixed64), content)
}

function fixed32(field: number, value: number): Buffer {
  const content = Buffer.alloc(4)
  content.writeUInt32LE(value)
  return message(tag(field, WIRE.fixed32), content)
}

function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8)
  content.writeDoubleLE(value)
  return message(tag(field, WIRE.fixed64), content)
}

function bytes(field: number, content: Buffer): Buffer {
  return message(tag(field, WIRE.bytes), varint(BigInt(content.length)), content)
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content))
}
