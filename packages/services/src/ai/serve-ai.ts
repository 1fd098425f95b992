import { PluggramError } from '@pluggram/sdk'
import type { AiService, AiSubject, TextEnd, TextRequest } from '@pluggram/sdk'
import { AI_METHODS } from '@pluggram/sdk/runtime'
import type { AiMethodRow } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import type { Answer, HostLink } from '../crossing/links.ts'
import { parseArgs } from '../crossing/parse-args.ts'
import { toStandardSchema } from './wire-schema.ts'

/** How many ends of streamed answers are kept until the process asks; the oldest are dropped. */
const MAX_ENDS = 100

const subject = () =>
  z.object({
    chat: z.object({ id: z.number() }).exactOptional(),
    user: z.object({ id: z.number() }).exactOptional(),
  })
const anySubject = () => subject().optional()
/**
 * Members that every method's request may have; `call` is the message for which tools are called.
 */
const anyRequest = () => z.object({ for: subject().exactOptional(), call: z.number().exactOptional() })

/** Answers a plugin process's calls to its AI service. */
export function serveAi(ai: AiService, link: HostLink): Readonly<Record<string, Answer>> {
  const ends = new Ends()
  /** The claimed subject if the plugin may name it, else an empty one. */
  const verified = (claimed: AiSubject = {}): AiSubject => (link.knows(claimed) ? claimed : {})

  function toArg(
    name: string,
    kind: AiMethodRow['args'][number],
    signal: AbortSignal,
    arg: unknown,
  ): unknown {
    if (kind === 'subject') return verified(parseArgs(name, anySubject, arg))
    const value: unknown = parseArgs(name, kind, arg)
    if (typeof value !== 'object' || value === null) return value
    const { for: claimed, call } = parseArgs(name, anyRequest, arg)
    const { jsonSchema, ...request } = value as Record<string, unknown>
    return {
      ...request,
      for: verified(claimed),
      signal,
      ...(call !== undefined && { context: link.contextOf(call) }),
      ...(jsonSchema !== undefined && { schema: toStandardSchema(jsonSchema as Record<string, unknown>) }),
    }
  }

  const answers = Object.entries(AI_METHODS).map(([method, row]): [string, Answer] => {
    const { args: kinds, crosses }: AiMethodRow = row
    const name = `ai.${method}`
    const ask = (args: readonly unknown[], signal: AbortSignal): unknown =>
      Reflect.apply(
        ai[method as keyof AiService],
        ai,
        kinds.map((kind, at) => toArg(name, kind, signal, args[at])),
      )
    if (crosses === 'value') return [method, ask]
    return [method, ([input]) => offerText(input)]
  })

  function offerText(input: unknown): number {
    // parsed first, so that a malformed request is refused before a stream exists
    const { signal: _none, ...request } = toArg(
      'ai.streamText',
      AI_METHODS.streamText.args[0],
      new AbortController().signal,
      input,
    ) as TextRequest
    let number = 0
    const onEnd = (end: TextEnd): void => ends.keep(number, end)
    number = link.offer(abortable((signal) => ai.streamText({ ...request, signal, onEnd })))
    return number
  }

  return { ...Object.fromEntries(answers), takeEnd: ([number]) => ends.take(number) }
}

/** How streamed answers ended, until the process asks. */
class Ends {
  readonly #ends = new Map<number, TextEnd>()

  keep(number: number, end: TextEnd): void {
    this.#ends.set(number, end)
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > MAX_ENDS && oldest !== undefined) this.#ends.delete(oldest)
  }

  take(number: unknown): TextEnd {
    const end = typeof number === 'number' ? this.#ends.get(number) : undefined
    if (!end) throw new PluggramError('ai-unavailable', 'Nothing is known about the end of that answer.')
    this.#ends.delete(number as number)
    return end
  }
}

/** A text stream that aborts its source when the reader stops. */
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
