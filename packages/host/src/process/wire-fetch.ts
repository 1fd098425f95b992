import { PermissionError } from '@pluggram/sdk'
import type { HttpService } from '@pluggram/sdk'
import { z } from 'zod'
import type { Peer } from '../rpc/peer.ts'

/** Telegram's largest file, and room for a form around it. */
const MAX_BODY_BYTES = 52 * 1_048_576
/** Answers with these have no body, and `Response` takes none. */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304])

const headers = z.array(z.tuple([z.string(), z.string()])).max(1_000)
const requestSchema = z.object({
  url: z.string().max(65_536),
  method: z.string().max(32),
  headers,
  redirect: z.enum(['follow', 'error', 'manual']),
  body: z.instanceof(Uint8Array).optional(),
})
const responseSchema = z.object({
  url: z.string(),
  status: z.number().int().min(200).max(599),
  statusText: z.string(),
  redirected: z.boolean(),
  headers,
  body: z.instanceof(Uint8Array),
})

/** `fetch` in a plugin process: the host makes the request. */
export function createRemoteFetch(peer: Peer): HttpService['fetch'] {
  return async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    if (body && body.byteLength > MAX_BODY_BYTES) {
      throw new TypeError(`fetch: a request body has at most ${MAX_BODY_BYTES} bytes`)
    }
    const message = {
      url: request.url,
      method: request.method,
      headers: [...request.headers],
      redirect: request.redirect,
      ...(body && { body }),
    }
    const answer = responseSchema.parse(await peer.call('fetch', [message], request.signal))
    return toResponse(answer)
  }
}

/** Makes a request for a plugin process and gives the answer as data. */
export async function serveFetch(http: HttpService, input: unknown, signal: AbortSignal): Promise<unknown> {
  const parsed = requestSchema.safeParse(input)
  if (!parsed.success) throw new PermissionError('A request of a shape that is no request was refused.')
  const { url, body, ...init } = parsed.data
  const response = await http.fetch(url, {
    ...init,
    signal,
    ...(body && { body: new Uint8Array(body) }),
  })
  return {
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    redirected: response.redirected,
    headers: [...response.headers],
    body: new Uint8Array(await response.arrayBuffer()),
  }
}

/** An answer that was read whole, as the web's `Response`. */
export function toResponse(answer: z.infer<typeof responseSchema>): Response {
  const body = WITHOUT_BODY.has(answer.status) ? null : new Uint8Array(answer.body)
  const response = new Response(body, {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
  })
  Object.defineProperties(response, { url: { value: answer.url }, redirected: { value: answer.redirected } })
  return response
}
