import { currentStep } from '@pluggram/sdk/runtime'

/** Limit of a whole response. Nobody would read a longer answer. */
const MAX_BYTES = 64 * 1_048_576
/** Limit of one line in a stream, because the parser buffers a line until it is complete. */
const MAX_LINE_BYTES = 2 * 1_048_576
/** Limit of a response that is read at once, such as an error. */
const MAX_WHOLE_BYTES = 16 * 1_048_576

const LINE_FEED = 10

/** The global `fetch` or a substitute. */
export type Fetch = typeof globalThis.fetch

export interface BoundedFetchOptions {
  /** Hides secrets in what is sent. */
  readonly hide?: ((text: string) => string) | undefined
  readonly fetch?: Fetch
}

/** So many characters without a gap are a file. */
const FILE = /([\w+/=-]{20000,})/

/**
 * A `fetch` for model servers. It limits the size of responses and does not follow redirects, which
 * could leak a key to another server.
 */
export function createBoundedFetch({ hide, fetch = globalThis.fetch }: BoundedFetchOptions = {}): Fetch {
  return async (input, init) => {
    const body = hide && typeof init?.body === 'string' ? hideIn(init.body, hide) : init?.body
    const traceparent = currentStep()?.traceparent
    const traced = traceparent === undefined ? undefined : new Headers(init?.headers)
    traced?.set('traceparent', traceparent ?? '')
    const response = await fetch(input, {
      ...init,
      ...(traced && { headers: traced }),
      ...(body !== undefined && { body }),
      redirect: 'manual',
    })
    if (!response.body) return response
    const isStream = /event-stream|ndjson/i.test(response.headers.get('content-type') ?? '')
    const bounded = response.body.pipeThrough(isStream ? lineLimit() : sizeLimit())
    const { status, statusText, headers } = response
    return new Response(bounded, { status, statusText, headers })
  }
}

/** Hides secrets in JSON. Files in it are left alone: they are long, and hold no texts of ours. */
function hideIn(body: string, hide: (text: string) => string): string {
  return body
    .split(FILE)
    .map((part, index) => (index % 2 === 0 ? hide(part) : part))
    .join('')
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
