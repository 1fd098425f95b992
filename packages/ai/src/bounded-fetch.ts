/** Limit of a whole response. Nobody would read a longer answer. */
const MAX_BYTES = 64 * 1_048_576
/** Limit of one line in a stream, because the parser buffers a line until it is complete. */
const MAX_LINE_BYTES = 2 * 1_048_576
/** Limit of a response that is read at once, such as an error. */
const MAX_WHOLE_BYTES = 16 * 1_048_576

const LINE_FEED = 10

/** The global `fetch` or a substitute. */
export type Fetch = typeof globalThis.fetch

/**
 * A `fetch` for model servers. It limits the size of responses and does not follow redirects, which
 * could leak a key to another server.
 */
export function createBoundedFetch(fetch: Fetch = globalThis.fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' })
    if (!response.body) return response
    const isStream = /event-stream|ndjson/i.test(response.headers.get('content-type') ?? '')
    const bounded = response.body.pipeThrough(isStream ? lineLimit() : sizeLimit())
    const { status, statusText, headers } = response
    return new Response(bounded, { status, statusText, headers })
  }
}

function sizeLimit(): TransformStream<Uint8Array, Uint8Array> {
  let size = 0
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.byteLength
      if (size > MAX_WHOLE_BYTES) throw new TypeError('terminated: the answer is too large')
      controller.enqueue(chunk)
    },
  })
}

function lineLimit(): TransformStream<Uint8Array, Uint8Array> {
  let size = 0
  let line = 0
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.byteLength
      const end = chunk.lastIndexOf(LINE_FEED)
      line = end < 0 ? line + chunk.byteLength : chunk.byteLength - end - 1
      if (size > MAX_BYTES || line > MAX_LINE_BYTES)
        throw new TypeError('terminated: the answer is too large')
      controller.enqueue(chunk)
    },
  })
}
