import { PluggramError } from '@pluggram/sdk'
import type { AiService, AiSubject, StandardSchemaV1, TextEnd } from '@pluggram/sdk'
import { z } from 'zod'
import type { Peer } from '../rpc/peer.ts'
import type { ServedCalls } from './served-calls.ts'

/** How a streamed answer ended is kept until it is asked for; of the newest only. */
const MAX_ENDS = 100

const subject = z.object({
  chat: z.object({ id: z.number() }).exactOptional(),
  user: z.object({ id: z.number() }).exactOptional(),
})
const claim = subject.optional()

const bytes = z.instanceof(Uint8Array)

const textRequest = z.object({
  for: subject.exactOptional(),
  system: z.string().exactOptional(),
  messages: z
    .array(
      z.object({
        role: z.enum(['user', 'assistant']),
        content: z.string(),
        files: z
          .array(z.object({ mediaType: z.string().max(200), data: bytes, name: z.string().exactOptional() }))
          .max(100)
          .exactOptional(),
      }),
    )
    .max(10_000),
  maxOutputTokens: z.number().exactOptional(),
})
const streamRequest = textRequest.extend({
  tools: z.boolean().exactOptional(),
  /** The message on whose behalf tools are called. */
  call: z.number().exactOptional(),
  isUntrusted: z.boolean().exactOptional(),
  modelText: z.string().exactOptional(),
})
const objectRequest = textRequest.extend({ jsonSchema: z.record(z.string(), z.unknown()) })
const embedRequest = z.object({ for: subject.exactOptional(), texts: z.array(z.string()) })
const transcribeRequest = z.object({ for: subject.exactOptional(), audio: bytes })
const speakRequest = z.object({
  for: subject.exactOptional(),
  text: z.string(),
  voice: z.string().exactOptional(),
})

export interface ServedAiOptions {
  readonly ai: AiService
  /** The messages that the plugin works on, or did lately. */
  readonly calls: Pick<ServedCalls, 'knows' | 'contextOf'>
}

/** Gives a plugin process the AI service. What it sends is parsed; for whom it claims to ask is checked. */
export class ServedAi {
  readonly #ai: AiService
  readonly #calls: ServedAiOptions['calls']
  readonly #ends = new Map<number, TextEnd>()

  constructor({ ai, calls }: ServedAiOptions) {
    this.#ai = ai
    this.#calls = calls
  }

  /** @throws what the service throws */
  async call([method, input, second]: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const ai = this.#ai
    switch (method) {
      case 'model':
        return ai.model(this.#verified(claim.parse(input)))
      case 'models':
        return ai.models(this.#verified(claim.parse(input)))
      case 'choose':
        return ai.choose(z.string().nullable().parse(input), this.#verified(claim.parse(second)))
      case 'abilities':
        return ai.abilities()
      case 'usage':
        return ai.usage(this.#verified(claim.parse(input)))
      case 'end':
        return this.#takeEnd(input)
      case 'generateText':
        return ai.generateText(this.#request(textRequest.parse(input), signal))
      case 'generateObject': {
        const { jsonSchema, ...request } = objectRequest.parse(input)
        return ai.generateObject({ ...this.#request(request, signal), schema: toStandardSchema(jsonSchema) })
      }
      case 'embed':
        return ai.embed(this.#request(embedRequest.parse(input), signal))
      case 'transcribe':
        return ai.transcribe(this.#request(transcribeRequest.parse(input), signal))
      case 'speak':
        return ai.speak(this.#request(speakRequest.parse(input), signal))
      default:
        throw new PluggramError('permission-missing', `There is no ai.${String(method)}.`)
    }
  }

  /** Starts a text of the model and gives the number under which it can be read. */
  streamText(input: unknown, peer: Peer): number {
    const { call, ...request } = streamRequest.parse(input)
    const parsed = { ...request, ...(call !== undefined && { context: this.#calls.contextOf(call) }) }
    let number = 0
    const onEnd = (end: TextEnd): void => this.#keepEnd(number, end)
    number = peer.streams.offer(
      abortable((signal) => this.#ai.streamText({ ...this.#request(parsed, signal), onEnd })),
    )
    return number
  }

  #request<Request extends { readonly for?: AiSubject }>(
    parsed: Request,
    signal: AbortSignal,
  ): Request & { readonly for: AiSubject; readonly signal: AbortSignal } {
    return { ...parsed, for: this.#verified(parsed.for), signal }
  }

  /** The subject if the plugin may name it, else nobody. */
  #verified(claimed: AiSubject = {}): AiSubject {
    return this.#calls.knows(claimed) ? claimed : {}
  }

  #keepEnd(number: number, end: TextEnd): void {
    this.#ends.set(number, end)
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > MAX_ENDS && oldest !== undefined) this.#ends.delete(oldest)
  }

  #takeEnd(number: unknown): TextEnd {
    const end = typeof number === 'number' ? this.#ends.get(number) : undefined
    if (!end) throw new PluggramError('ai-unavailable', 'Nothing is known about the end of that answer.')
    this.#ends.delete(number as number)
    return end
  }
}

/** A text that ends at its source when its reader leaves. */
function abortable(start: (signal: AbortSignal) => AsyncIterable<string>): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      const controller = new AbortController()
      const source = start(controller.signal)[Symbol.asyncIterator]()
      return {
        next: () => source.next(),
        async return() {
          controller.abort(new Error('the reader left'))
          await source.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

/** The plugin's schema stays in its process and checks there: here only its JSON form is known. */
function toStandardSchema(jsonSchema: Record<string, unknown>): StandardSchemaV1 {
  const standard = {
    version: 1,
    vendor: 'pluggram',
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  } as const
  return { '~standard': standard }
}
