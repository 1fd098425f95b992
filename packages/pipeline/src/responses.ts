import { DeliveryError } from '@pluggram/sdk'
import type { PluginResponse, PluginResult, Reply } from '@pluggram/sdk'
import { describeData } from './describe-data.ts'

/** A plugin's response as a list of replies, in order. */
export function toReplies(response: PluginResponse): Reply[] {
  if (typeof response === 'string') return [{ text: response }]
  if (Array.isArray(response))
    return response.map((item) => (typeof item === 'string' ? { text: item } : item))
  if (isAsyncIterable(response)) return [{ text: response }]
  if (typeof response === 'object' && response !== null) return [response as Reply]
  throw new DeliveryError(
    'reply-invalid',
    `A response must be text or a reply, but it is ${typeof response}.`,
  )
}

/** What a successful result shows; empty when it shows nothing. */
export function resultReplies(result: Extract<PluginResult, { success: true }>): Reply[] {
  if (result.response !== undefined) return toReplies(result.response)
  return result.data === undefined ? [] : [{ text: describeData(result.data) }]
}

/**
 * The same text stream, but a pause longer than `milliseconds` between two pieces ends it with an error, so a
 * stream that hangs cannot hold its chat for ever.
 */
export async function* withStallLimit(
  chunks: AsyncIterable<string>,
  milliseconds: number,
  onStall: () => Error,
): AsyncGenerator<string> {
  const iterator = chunks[Symbol.asyncIterator]()
  let isFinished = false
  try {
    while (true) {
      const next = await race(iterator.next(), milliseconds, onStall)
      if (next.done) {
        isFinished = true
        return
      }
      yield String(next.value)
    }
  } finally {
    // not awaited: a source that hangs in next() hangs in return() too
    if (!isFinished) void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

async function race<T>(work: Promise<T>, milliseconds: number, onLate: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onLate()), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
