import { setImmediate } from 'node:timers/promises'
import { DeliveryError } from '@pluggram/sdk'

/** What a stream brought; `failure` when it did not end by itself. */
export interface StreamedText {
  readonly text: string
  readonly failure?: { readonly error: unknown }
}

/** Far above any answer; a stream that goes on is a loop. */
const STREAM_LIMIT = 2 ** 20
/** A stream that never waits would block the event loop; reading it pauses this often. */
const BREATH_MILLISECONDS = 20

/**
 * Reads a stream to its end. Leaves it, without waiting for it, as soon as `signal` is aborted.
 * Never throws.
 */
export async function readTextStream(
  stream: AsyncIterable<unknown>,
  signal: AbortSignal,
  onText: (soFar: string) => void,
): Promise<StreamedText> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  aborted.promise.catch(() => undefined)
  let text = ''
  let iterator: AsyncIterator<unknown> | undefined
  try {
    signal.throwIfAborted()
    iterator = stream[Symbol.asyncIterator]()
    let breath = performance.now()
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), aborted.promise])
      if (done === true) return { text }
      text += checkChunk(value, text.length)
      onText(text)
      if (performance.now() - breath > BREATH_MILLISECONDS) {
        await setImmediate()
        breath = performance.now()
      }
    }
  } catch (error) {
    leave(iterator)
    return { text, failure: { error } }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function checkChunk(chunk: unknown, length: number): string {
  if (typeof chunk !== 'string') {
    throw new DeliveryError('reply-invalid', `A text stream must yield strings; it yielded ${typeof chunk}`)
  }
  if (length + chunk.length > STREAM_LIMIT) {
    throw new DeliveryError('reply-invalid', `A text stream must end before ${STREAM_LIMIT} characters`)
  }
  return chunk
}

/** Tells the stream that nobody reads it any more, without waiting: it may hang. */
function leave(iterator: AsyncIterator<unknown> | undefined): void {
  try {
    iterator?.return?.().then(undefined, () => undefined)
  } catch {
    // A broken iterator has nothing to clean up.
  }
}
