import type { AttributeValue, Span } from './journey-spans.ts'

/** Everything that one request carries. */
export interface TraceBatch {
  readonly resource: Readonly<Record<string, string>>
  readonly version: string
  readonly spans: readonly Span[]
}

/** Who made the spans. */
export const SCOPE = 'pluggram'
/** OpenTelemetry's status code of an error. */
export const ERROR_STATUS = 2
/** The span is sampled, and its parent is of the same program. */
export const SPAN_FLAGS = 0x101

/** A batch as OTLP/JSON: ids in hexadecimal, 64-bit numbers as text. */
export function toOtlpJson({ resource, version, spans }: TraceBatch): Buffer {
  const request = {
    resourceSpans: [
      {
        resource: { attributes: toAttributes(resource) },
        scopeSpans: [{ scope: { name: SCOPE, version }, spans: spans.map(toSpan) }],
      },
    ],
  }
  return Buffer.from(JSON.stringify(request))
}

function toSpan({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind,
  start,
  end,
  attributes,
  isError,
}: Span): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: toAttributes(attributes),
    status: isError ? { code: ERROR_STATUS } : {},
    flags: SPAN_FLAGS,
  }
}

function toAttributes(attributes: Readonly<Record<string, AttributeValue>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }))
}

function toValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } }
}
