import { randomBytes } from 'node:crypto'
import type { StepFacts, StepKind } from '@pluggram/sdk/runtime'
import type { RecordedJourney, RecordedStep } from '../journeys/recorded-journey.ts'

/** A value of an attribute. */
export type AttributeValue = string | number | boolean | readonly string[]

/** OpenTelemetry's kinds of spans. */
const SPAN_KINDS = { internal: 1, client: 3, producer: 4, consumer: 5 } as const

/** A finished span. Times are nanoseconds since 1970. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: (typeof SPAN_KINDS)[keyof typeof SPAN_KINDS]
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly isError: boolean
}

/** How one kind of step is named and described, by OpenTelemetry's conventions where there are any. */
interface SpanRow {
  readonly kind?: Span['kind']
  name?(step: RecordedStep): string
  attributes?(step: RecordedStep): Readonly<Record<string, AttributeValue | undefined>>
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'error', 'timeout', 'crash'])
/** Facts that have an attribute of the conventions instead. */
const CONVENTIONAL = new Set(['error', 'inputTokens', 'outputTokens', 'status', 'message', 'operation'])
const PROVIDERS: Readonly<Record<string, string>> = { google: 'gcp.gemini' }
const OPERATIONS: Readonly<Record<string, string>> = { embed: 'embeddings' }

const SPANS: { readonly [Kind in StepKind]?: SpanRow } = {
  plugin: { name: ({ name }) => `plugin ${name}`, attributes: ({ name }) => ({ 'pluggram.plugin': name }) },
  service: { name: ({ name }) => name },
  http: {
    kind: SPAN_KINDS.client,
    name: ({ name }) => name.split(' ')[0] ?? 'HTTP',
    attributes({ name, facts }) {
      const [method = '', host = ''] = name.split(' ')
      const { hostname, port } = URL.parse(`http://${host}`) ?? { hostname: host, port: '' }
      return {
        'http.request.method': method,
        'server.address': hostname,
        ...(port !== '' && { 'server.port': Number(port) }),
        'http.response.status_code': facts?.status,
      }
    },
  },
  model: {
    kind: SPAN_KINDS.client,
    name: (step) => `${operationOf(step)} ${modelOf(step).model}`,
    attributes(step) {
      const { provider, model } = modelOf(step)
      return {
        'gen_ai.operation.name': operationOf(step),
        'gen_ai.provider.name': PROVIDERS[provider] ?? provider,
        'gen_ai.request.model': model,
        'gen_ai.usage.input_tokens': step.facts?.inputTokens,
        'gen_ai.usage.output_tokens': step.facts?.outputTokens,
      }
    },
  },
  tool: {
    name: ({ name }) => `execute_tool ${name}`,
    attributes: ({ name }) => ({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.type': 'function',
    }),
  },
  send: {
    kind: SPAN_KINDS.producer,
    name: () => 'send telegram',
    attributes: ({ facts }) => ({
      'messaging.system': 'telegram',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.message.id': facts?.message === undefined ? undefined : String(facts.message),
    }),
  },
}

/** The trace of a journey; made when somebody needs it first. */
export function traceOf(
  journey: RecordedJourney,
  isSampled: (traceId: string) => boolean,
): NonNullable<RecordedJourney['trace']> {
  if (journey.trace) return journey.trace
  const id = randomBytes(16).toString('hex')
  return (journey.trace = { id, spanId: randomBytes(8).toString('hex'), isSampled: isSampled(id) })
}

/** The id of a step's span. */
export function spanIdOf(step: RecordedStep): string {
  return (step.spanId ??= randomBytes(8).toString('hex'))
}

/** The spans of a journey that is over, its own first. */
export function spansOf(journey: RecordedJourney): Span[] {
  const { trace, start, steps, until = start.since } = journey
  if (!trace) return []
  const at = (moment: number): bigint => toNanoseconds(journey.startedAt + moment - start.since)
  const root: Span = {
    traceId: trace.id,
    spanId: trace.spanId,
    name: 'process telegram',
    kind: SPAN_KINDS.consumer,
    start: at(start.since),
    end: at(until),
    isError: journey.isFailed,
    attributes: present({
      'messaging.system': 'telegram',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.message.id': String(start.updateId),
      'pluggram.update.kind': start.kind,
      'pluggram.message.characters': start.size,
      'pluggram.outcome': journey.outcome,
      'pluggram.plugin': journey.plugin,
      'pluggram.steps_left_out': journey.leftOut > 0 ? journey.leftOut : undefined,
    }),
  }
  const parts = steps.map((step): Span => {
    const row = SPANS[step.kind] ?? {}
    const parent = steps[step.parent]
    return {
      traceId: trace.id,
      spanId: spanIdOf(step),
      parentSpanId: parent ? spanIdOf(parent) : trace.spanId,
      name: row.name?.(step) ?? step.kind,
      kind: row.kind ?? SPAN_KINDS.internal,
      start: at(step.since),
      end: at(step.until ?? until),
      isError: FAILED.has(step.outcome ?? ''),
      attributes: present({
        'pluggram.step': step.kind,
        'pluggram.outcome': step.outcome,
        'error.type': FAILED.has(step.outcome ?? '') ? (step.facts?.error ?? step.outcome) : undefined,
        ...ownFacts(step.facts),
        ...row.attributes?.(step),
      }),
    }
  })
  return [root, ...parts]
}

function modelOf({ name }: RecordedStep): { readonly provider: string; readonly model: string } {
  const colon = name.indexOf(':')
  return { provider: name.slice(0, Math.max(0, colon)), model: name.slice(colon + 1) }
}

function operationOf({ facts }: RecordedStep): string {
  const operation = facts?.operation
  return typeof operation === 'string' ? (OPERATIONS[operation] ?? operation) : 'chat'
}

/** Facts without a convention: `firstWordMs` becomes `pluggram.first_word_ms`. */
function ownFacts(facts: StepFacts = {}): Record<string, AttributeValue | undefined> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([key]) => !CONVENTIONAL.has(key))
      .map(([key, value]) => [
        `pluggram.${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        value,
      ]),
  )
}

function present(
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
): Record<string, AttributeValue> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Record<string, AttributeValue>
}

function toNanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6))
}
