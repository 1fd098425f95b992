import type { HttpService } from '@pluggram/sdk'
import { z } from 'zod'
import type { Crossing, HostLink, PluginLink } from '../crossing/links.ts'
import { parseArgs } from '../crossing/parse-args.ts'
import { currentToolCall, inToolCall } from './tool-call.ts'

/** Telegram's largest file, with room for a form around it. */
const MAX_BODY_BYTES = 52 * 1_048_576
/** Answers with these have no body, and `Response` accepts none. */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304])

const headers = () => z.array(z.tuple([z.string(), z.string()])).max(1_000)
const requestSchema = () =>
  z.object({
    url: z.string().max(65_536),
    method: z.string().max(32),
    headers: headers(),
    redirect: z.enum(['follow', 'error', 'manual']),
    body: z.instanceof(Uint8Array).optional(),
    /** The number of the tool call in which the request is made. */
    call: z.number().optional(),
  })

/** A response with its complete body. */
interface WholeAnswer {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly redirected: boolean
  readonly headers: [string, string][]
  readonly body: Uint8Array
}

/** The host makes the request; the response crosses as data. */
export const httpCrossing: Crossing<HttpService> = {
  plugin: (link) => ({ fetch: createRemoteFetch(link) }),
  host: (http, link) => ({ fetch: ([input], signal) => serveFetch(http, link, input, signal) }),
}

function createRemoteFetch(link: PluginLink): HttpService['fetch'] {
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
      ...callMember(link),
    }
    const answer = (await link.call('fetch', [message], request.signal)) as WholeAnswer
    return toResponse(answer)
  }
}

function callMember(link: PluginLink): { readonly call?: unknown } {
  const context = currentToolCall()
  const call = context && link.callNumber(context)
  return call === undefined ? {} : { call }
}

/** Makes a request for a plugin process and returns the response as data. */
async function serveFetch(
  http: HttpService,
  link: HostLink,
  input: unknown,
  signal: AbortSignal,
): Promise<WholeAnswer> {
  const { url, body, call, ...init } = parseArgs('http.fetch', requestSchema, input)
  const send = (): Promise<Response> =>
    http.fetch(url, { ...init, signal, ...(body && { body: new Uint8Array(body) }) })
  const response = await (call === undefined ? send() : inToolCall(link.contextOf(call), send))
  return {
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    redirected: response.redirected,
    headers: [...response.headers],
    body: new Uint8Array(await response.arrayBuffer()),
  }
}

/** Converts a complete response to a web `Response`. */
export function toResponse(answer: WholeAnswer): Response {
  const body = WITHOUT_BODY.has(answer.status) ? null : new Uint8Array(answer.body)
  const response = new Response(body, {
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
  })
  Object.defineProperties(response, { url: { value: answer.url }, redirected: { value: answer.redirected } })
  return response
}
