import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { endsWithin, wait } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { Span } from './journey-spans.ts'
import type { TraceSettings } from './otel-settings.ts'
import { toOtlpJson } from './otlp-json.ts'
import { toOtlpProtobuf } from './otlp-protobuf.ts'

export interface TraceExporterOptions {
  readonly settings: TraceSettings
  readonly version: string
  readonly logger: Logger
}

/** By OTLP's specification these may succeed later; all others never will. */
const WORTH_A_RETRY = new Set([408, 429, 502, 503, 504])
const MIN_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 60_000
/** A batch is tried this often. */
const MAX_TRIES = 5
const compress = promisify(gzip)

/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 65_536
const GRPC_PORT = '4317'

/** How a try ended. */
type Outcome = 'sent' | { readonly reason: string; readonly mayRetry: boolean; readonly pauseMs?: number }

/**
 * Sends spans in batches, one request at a time. Whatever the collector does, nobody waits for it:
 * the queue is bounded, and spans beyond it are counted and dropped.
 */
export class TraceExporter {
  readonly #options: TraceExporterOptions
  readonly #closing = new AbortController()
  #queue: Span[] = []
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> | undefined
  #lost = 0
  #failure: string | undefined
  #hasToldRefusal = false

  constructor(options: TraceExporterOptions) {
    this.#options = options
  }

  /** Why spans cannot be sent at the moment. */
  get failure(): string | undefined {
    return this.#failure
  }

  add(spans: readonly Span[]): void {
    const { maxQueue, maxBatch, delayMs } = this.#options.settings
    if (this.#queue.length + spans.length > maxQueue) {
      this.#lost += spans.length
      return
    }
    this.#queue.push(...spans)
    if (this.#work) return
    if (this.#queue.length >= maxBatch) this.#begin()
    else this.#timer ??= setTimeout(() => this.#begin(), delayMs).unref()
  }

  /** Sends what is left, within this time. */
  async close(milliseconds: number): Promise<void> {
    this.#closing.abort()
    await endsWithin(this.#sendRest(), milliseconds)
  }

  async #sendRest(): Promise<void> {
    await this.#work
    while (this.#queue.length > 0) if ((await this.#try(this.#take())) !== 'sent') return
  }

  #begin(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#work ??= this.#sendAll().finally(() => {
      this.#work = undefined
      if (this.#queue.length > 0 && !this.#closing.signal.aborted) this.add([])
    })
  }

  #take(): Span[] {
    return this.#queue.splice(0, this.#options.settings.maxBatch)
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#closing.signal.aborted) await this.#sendBatch(this.#take())
  }

  async #sendBatch(batch: readonly Span[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(batch)
      if (outcome === 'sent') return this.#recovered()
      this.#failure = outcome.reason
      if (!outcome.mayRetry || tries >= MAX_TRIES || this.#closing.signal.aborted) {
        this.#lost += batch.length
        return
      }
      const pause = outcome.pauseMs ?? MIN_PAUSE_MS * 2 ** (tries - 1)
      await wait(Math.min(pause, MAX_PAUSE_MS), this.#closing.signal).catch(() => {})
    }
  }

  /** Never rejects. */
  async #try(spans: readonly Span[]): Promise<Outcome> {
    const { settings, version } = this.#options
    const isJson = settings.protocol === 'http/json'
    try {
      const encode = isJson ? toOtlpJson : toOtlpProtobuf
      const plain = encode({ resource: settings.resource, version, spans })
      const response = await fetch(settings.url, {
        method: 'POST',
        // another server must not get the headers
        redirect: 'manual',
        headers: {
          'user-agent': `pluggram/${version}`,
          ...settings.headers,
          'content-type': isJson ? 'application/json' : 'application/x-protobuf',
          ...(settings.isCompressed && { 'content-encoding': 'gzip' }),
        },
        body: new Uint8Array(settings.isCompressed ? await compress(plain) : plain),
        signal: AbortSignal.timeout(settings.timeoutMs),
      })
      const answer = await startOf(response)
      if (response.ok) {
        this.#checkRefused(answer, isJson)
        return 'sent'
      }
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      return {
        reason: `it answered with status ${response.status}`,
        mayRetry: WORTH_A_RETRY.has(response.status),
        ...(seconds >= 0 && { pauseMs: seconds * 1_000 }),
      }
    } catch (error) {
      const isGrpc = new URL(settings.url).port === GRPC_PORT
      return { reason: `${reasonOf(error)}${isGrpc ? '; port 4317 is for grpc' : ''}`, mayRetry: true }
    }
  }

  /** A collector may accept a request and refuse some of its spans. */
  #checkRefused(answer: Buffer, isJson: boolean): void {
    const isRefused = isJson ? refusesInJson(answer) : refusesInProtobuf(answer)
    if (!isRefused || this.#hasToldRefusal) return
    this.#hasToldRefusal = true
    this.#options.logger.warn('the collector refuses some spans; its own log may say why')
  }

  #recovered(): void {
    if (this.#failure === undefined) return
    this.#failure = undefined
    this.#options.logger.info('traces are sent again', { spansLost: this.#lost })
    this.#lost = 0
  }
}

async function startOf(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks)
}

function refusesInJson(answer: Buffer): boolean {
  try {
    const { partialSuccess } = JSON.parse(answer.toString()) as {
      partialSuccess?: { rejectedSpans?: unknown }
    }
    return Number(partialSuccess?.rejectedSpans ?? 0) > 0
  } catch {
    return false
  }
}

/** `partial_success` is field 1, and its `rejected_spans` field 1, a number. Zero is not written. */
function refusesInProtobuf(answer: Buffer): boolean {
  return answer[0] === 0x0a && answer[2] === 0x08 && answer[3] !== 0
}

/** A code such as ECONNREFUSED. Messages might hold the address with its secrets. */
function reasonOf(error: unknown): string {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    if (current.name === 'TimeoutError') return 'it did not answer in time'
    if ('code' in current && typeof current.code === 'string') return current.code
    current = current.cause
  }
  return 'the connection failed'
}
