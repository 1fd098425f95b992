import { cleanChunk, faultIn, isFields } from './clean-chunk.ts'
import type { CleanChunk } from './clean-chunk.ts'
import { DONE, readEvents } from './read-events.ts'
import type { StreamEvent } from './read-events.ts'

/** An error in a stream, in the shape of OpenAI's protocol. */
interface CleanError {
  readonly error: { readonly message: string; readonly type?: string; readonly code?: string | number }
}

interface OpenOptions {
  readonly signal?: AbortSignal | null | undefined
  /** Called with the server's first message, as it was sent. */
  onFirst(message: Readonly<Record<string, unknown>>): void
}

/**
 * Turns a server's answer into a stream of OpenAI's protocol. An answer that is an error from its
 * first message on becomes a response with the status of that error.
 */
export async function openAnswerStream(
  response: Response,
  { signal, onFirst }: OpenOptions,
): Promise<Response> {
  if (!response.ok || !response.body) return response
  const messages = readMessages(readEvents(response.body), onFirst)
  const first = await messages.next()
  signal?.throwIfAborted()
  if (!first.done && 'error' in first.value) {
    await messages.return(undefined)
    return asResponse(first.value, response.headers)
  }
  const stream = ReadableStream.from<Uint8Array>(encode(first, messages))
  return new Response(stream, { status: 200, headers: { 'content-type': 'text/event-stream' } })
}

async function* encode(
  first: IteratorResult<CleanChunk | CleanError>,
  rest: AsyncGenerator<CleanChunk | CleanError>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const line = (message: CleanChunk | CleanError): Uint8Array =>
    encoder.encode(`data: ${JSON.stringify(message)}\n\n`)
  try {
    if (first.done) return
    yield line(first.value)
    for await (const message of rest) yield line(message)
  } finally {
    await rest.return(undefined)
  }
}

/** The chunks of an answer, until its first error. */
async function* readMessages(
  events: AsyncGenerator<StreamEvent>,
  onFirst: OpenOptions['onFirst'],
): AsyncGenerator<CleanChunk | CleanError> {
  let hasEnd = false
  let isFirst = true
  for await (const event of events) {
    const text = event.data.trim()
    if (text === DONE) {
      // some servers end without a reason
      if (!hasEnd) yield { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
      return
    }
    const value = text === '' ? undefined : readValue(text, event)
    if (value === undefined) continue
    if (isFirst) onFirst(value)
    isFirst = false
    const error = errorIn(value, event.isError)
    if (error) {
      yield error
      return
    }
    const chunk = cleanChunk(value)
    hasEnd ||= chunk.choices.some(({ finish_reason: reason }) => reason !== null)
    if (chunk.usage || chunk.choices.some(saysSomething)) yield chunk
  }
}

/** Many servers begin with an empty piece; an error may follow it. */
function saysSomething({ delta, finish_reason: reason }: CleanChunk['choices'][number]): boolean {
  return reason !== null || Object.entries(delta).some(([key, value]) => key !== 'role' && value !== '')
}

/** @returns `undefined` for a message without content, like `null` */
function readValue(text: string, { isError }: StreamEvent): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value.find(isFields)
    if (isFields(value)) return { ...value }
    return isError && value !== null ? { error: String(value) } : undefined
  } catch {
    return { error: isError ? text : 'The server sent text that is not JSON.' }
  }
}

function errorIn(value: Record<string, unknown>, isError: boolean): CleanError | undefined {
  const fault = faultIn(value)
  if (fault !== undefined) return { error: { message: fault } }
  const { error, object, detail, choices, message, success, code } = value
  const found =
    error !== undefined && error !== null && error !== false
      ? error
      : isError || object === 'error' || (detail !== undefined && choices === undefined) || success === false
        ? value
        : typeof message === 'string' && code !== undefined && choices === undefined
          ? value
          : undefined
  if (found === undefined) return undefined
  return { error: cleanError(found, value) }
}

function cleanError(found: unknown, whole: Record<string, unknown>): CleanError['error'] {
  const fields = isFields(found) ? found : {}
  const { type } = fields
  const code = [
    fields['code'],
    fields['status'],
    fields['status_code'],
    whole['code'],
    whole['status_code'],
  ].find(
    (item): item is string | number => typeof item === 'number' || (typeof item === 'string' && item !== ''),
  )
  return {
    message: typeof found === 'string' ? found : JSON.stringify(found),
    ...(typeof type === 'string' && { type }),
    ...(code !== undefined && { code }),
  }
}

/** What an error of this kind has as its status, when the server does not say so. */
const STATUSES: readonly (readonly [RegExp, number])[] = [
  [/rate.?limit|too many requests|throttl|resource_exhausted|temporarily rate/i, 429],
  [/overload|unavailable|capacity|try again/i, 503],
  [/authenti|api.?key|unauthorized/i, 401],
  [/permission|forbidden/i, 403],
  [/not.?found|no endpoints/i, 404],
  [/invalid|bad.?request|unsupported|not support|validation|requires/i, 400],
]

function asResponse({ error }: CleanError, headers: Headers): Response {
  const told = Number(error.code)
  const words = `${error.type ?? ''} ${String(error.code ?? '')} ${error.message}`
  const status =
    told >= 400 && told < 600 ? told : (STATUSES.find(([pattern]) => pattern.test(words))?.[1] ?? 500)
  const delays = ['retry-after', 'retry-after-ms'].map((name) => [name, headers.get(name)] as const)
  return new Response(JSON.stringify({ error }), {
    status,
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(delays.filter(([, delay]) => delay !== null)),
    },
  })
}
