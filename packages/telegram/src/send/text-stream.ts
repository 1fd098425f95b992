import { setImmediate } from 'node:timers/promises'
import { DeliveryError } from '@pluggram/sdk'

/** The text of a stream; `failure` is set when it did not end normally. */
export interface StreamedText {
  readonly text: string
  /** What the stream returned. */
  readonly end?: unknown
  readonly failure?: { readonly error: unknown }
}

/** Far above any answer; a longer stream is an endless loop. */
const STREAM_LIMIT = 2 ** 20
/** Reading yields this often, so that a stream that never waits does not block the event loop. */
const BREATH_MILLISECONDS = 20

/** Reads a stream to its end. Stops reading as soon as `signal` is aborted. Never throws. */
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
      if (done === true) return { text, end: value }
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

/** Closes the stream. Does not await that, since the stream may hang. */
function leave(iterator: AsyncIterator<unknown> | undefined): void {
  try {
    iterator?.return?.().then(undefined, () => undefined)
  } catch {
    // A broken iterator has nothing to clean up.
  }
}
