import { sampler } from './sampler.ts'

/** What OpenTelemetry's variables say about traces. */
export interface TraceSettings {
  readonly url: string
  readonly protocol: 'http/protobuf' | 'http/json'
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly isCompressed: boolean
  /** Attributes of everything that is sent. */
  readonly resource: Readonly<Record<string, string>>
  isSampled(traceId: string): boolean
  /** Whether requests to other servers carry `traceparent`. */
  readonly isPropagating: boolean
  /** A batch is sent this long after its first span. */
  readonly delayMs: number
  readonly maxQueue: number
  readonly maxBatch: number
}

/** Traces as configured; without settings none are sent. Each problem is a sentence for the log. */
export interface ReadTraceSettings {
  readonly settings?: TraceSettings
  readonly problems: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** The variables that turn traces on. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const

const PATH = '/v1/traces'
const SERVICE = 'pluggram'
const MAX_MS = 600_000

/**
 * Reads the variables by OpenTelemetry's specification. An empty variable counts as unset, and one
 * that cannot be read as its default.
 */
export function readTraceSettings(environment: Environment, version: string): ReadTraceSettings {
  const variables = new Variables(environment)
  const exporters = variables.list('OTEL_TRACES_EXPORTER') ?? ['otlp']
  const isDisabled = variables.of('OTEL_SDK_DISABLED')?.toLowerCase() === 'true'
  const { problems } = variables
  if (isDisabled || (exporters.length === 1 && exporters[0] === 'none')) return { problems }
  if (!exporters.includes('otlp')) {
    problems.push(
      `OTEL_TRACES_EXPORTER names ${exporters.join(', ')}; only "otlp" and "none" are known. No traces are sent.`,
    )
    return { problems }
  }
  const url = variables.url()
  if (url === undefined) return { problems }
  const settings: TraceSettings = {
    url: url.href,
    protocol: variables.protocol(),
    headers: { ...variables.headers(), ...userInfo(url) },
    timeoutMs: variables.number(
      ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
      10_000,
      MAX_MS,
    ),
    isCompressed: variables.compression() === 'gzip',
    resource: variables.resource(version),
    isSampled: variables.sampler(),
    isPropagating: (variables.list('OTEL_PROPAGATORS') ?? ['tracecontext']).includes('tracecontext'),
    delayMs: variables.number(['OTEL_BSP_SCHEDULE_DELAY'], 5_000, MAX_MS),
    maxQueue: variables.number(['OTEL_BSP_MAX_QUEUE_SIZE'], 2_048, 100_000),
    maxBatch: variables.number(['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], 512, 10_000),
  }
  // fetch takes no user in an address
  return { settings: { ...settings, url: withoutUser(url) }, problems }
}

/** The variables, and what was wrong with them. */
class Variables {
  readonly #environment: Environment
  readonly problems: string[] = []

  constructor(environment: Environment) {
    this.#environment = environment
  }

  of(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.#environment[name]?.trim()
      if (value !== undefined && value !== '') return value
    }
    return undefined
  }

  list(name: string): string[] | undefined {
    return this.of(name)
      ?.split(',')
      .map((item) => item.trim().toLowerCase())
      .filter((item) => item !== '')
  }

  url(): URL | undefined {
    const own = this.of(ENDPOINTS[0])
    const given = own ?? this.of(ENDPOINTS[1])
    const url = URL.parse(given ?? '')
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      this.problems.push(
        `${own === undefined ? ENDPOINTS[1] : ENDPOINTS[0]} is not an address such as http://localhost:4318. No traces are sent.`,
      )
      return undefined
    }
    // the general address is a base; many paste the whole one
    const path = url.pathname.replace(/\/+$/, '')
    if (own === undefined) url.pathname = path.endsWith(PATH) ? path : path + PATH
    return url
  }

  protocol(): TraceSettings['protocol'] {
    const name = this.of('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL')
    if (name === undefined || name === 'http/protobuf' || name === 'http/json') return name ?? 'http/protobuf'
    this.problems.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL is "${name.slice(0, 40)}"; "http/protobuf" and "http/json" are known. Traces go as http/protobuf, mostly to port 4318; 4317 is for grpc.`,
    )
    return 'http/protobuf'
  }

  compression(): string | undefined {
    const name = this.of('OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION')
    if (name !== undefined && name !== 'gzip' && name !== 'none')
      this.problems.push(
        `OTEL_EXPORTER_OTLP_COMPRESSION is "${name.slice(0, 40)}"; "gzip" and "none" are known.`,
      )
    return name
  }

  number(names: readonly string[], standard: number, most: number): number {
    const text = this.of(...names)
    if (text === undefined) return standard
    const value = Number(text)
    if (Number.isFinite(value) && value > 0) return Math.min(value, most)
    this.problems.push(`${names.at(-1)} is not a number above 0; it counts as ${standard}.`)
    return standard
  }

  headers(): Record<string, string> {
    const text = this.of('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS')
    return this.#pairs('OTEL_EXPORTER_OTLP_HEADERS', text, (name, value) => {
      // throws here, because fetch would refuse each request
      new Headers().set(name, value)
    })
  }

  resource(version: string): Record<string, string> {
    const given = this.#pairs('OTEL_RESOURCE_ATTRIBUTES', this.of('OTEL_RESOURCE_ATTRIBUTES'), () => {})
    const name = this.of('OTEL_SERVICE_NAME')
    return {
      'service.name': SERVICE,
      'service.version': version,
      'telemetry.sdk.name': SERVICE,
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': version,
      ...given,
      ...(name !== undefined && { 'service.name': name }),
    }
  }

  sampler(): TraceSettings['isSampled'] {
    const name = this.of('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'
    const { isSampled, problem } = sampler(name, this.of('OTEL_TRACES_SAMPLER_ARG'))
    if (problem !== undefined) this.problems.push(problem)
    return isSampled
  }

  /** `a=1,b=2`, percent-encoded. Values may be secret and are never part of a problem. */
  #pairs(
    variable: string,
    text: string | undefined,
    check: (name: string, value: string) => void,
  ): Record<string, string> {
    const pairs: Record<string, string> = {}
    for (const part of text?.split(',') ?? []) {
      if (part.trim() === '') continue
      const equals = part.indexOf('=')
      try {
        if (equals < 1) throw new TypeError('no pair')
        const name = part.slice(0, equals).trim()
        const value = decoded(part.slice(equals + 1).trim())
        check(name, value)
        pairs[name] = value
      } catch {
        this.problems.push(
          `A part of ${variable} cannot be read and is left out; it looks like name=value,name=value.`,
        )
      }
    }
    return pairs
  }
}

/** A value that is not percent-encoded, such as a key with a `%`, counts as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function userInfo({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const user = `${decoded(username)}:${decoded(password)}`
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
}

function withoutUser(url: URL): string {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain.href
}
