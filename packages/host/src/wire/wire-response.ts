import type { PluginResponse, PluginResult, Reply } from '@pluggram/sdk'
import { isAsyncIterable } from '../calls/parse-reply.ts'
import { toPlainData } from './plain-data.ts'
import type { StreamTable } from './streams.ts'

/** A placeholder for a streamed text. */
interface StreamReference {
  readonly stream: number
}

/** A response with the numbers of streams in place of streamed texts. */
type WireResponse = string | StreamReference | WireReply | readonly (string | WireReply)[]
type WireReply = Omit<Reply, 'text'> & { readonly text?: string | StreamReference }

export function encodeResponse(response: PluginResponse, streams: StreamTable): WireResponse {
  if (typeof response === 'string') return response
  if (isAsyncIterable(response)) return { stream: streams.offer(response) }
  if (isList(response)) {
    return response.map((item) => (typeof item === 'string' ? item : encodeReply(item, streams)))
  }
  return encodeReply(response, streams)
}

export function encodeResult(result: PluginResult | undefined, streams: StreamTable): unknown {
  if (!result?.success) return result
  return {
    success: true,
    ...(result.response !== undefined && { response: encodeResponse(result.response, streams) }),
    ...(result.data !== undefined && { data: toPlainData(result.data) }),
  }
}

/**
 * Replaces stream numbers with readable streams. The input is not trusted; the caller must still
 * parse the result.
 * @param open reads a stream by its number
 */
export function decodeResponse(input: unknown, open: (id: number) => AsyncIterable<string>): unknown {
  if (Array.isArray(input)) return input.map((item: unknown) => decodeReply(item, open))
  const id = streamOf(input)
  return id === undefined ? decodeReply(input, open) : open(id)
}

/** The same for a result. */
export function decodeResult(input: unknown, open: (id: number) => AsyncIterable<string>): unknown {
  if (typeof input !== 'object' || input === null || !('success' in input)) return input
  if (input.success !== true) return input
  return {
    success: true,
    ...('response' in input && { response: decodeResponse(input.response, open) }),
    ...('data' in input && { data: toPlainData(input.data) }),
  }
}

function encodeReply(reply: Reply, streams: StreamTable): WireReply {
  const { text, ...rest } = reply
  if (text === undefined) return rest
  return { ...rest, text: typeof text === 'string' ? text : { stream: streams.offer(text) } }
}

function decodeReply(input: unknown, open: (id: number) => AsyncIterable<string>): unknown {
  if (typeof input !== 'object' || input === null || !('text' in input)) return input
  const id = streamOf(input.text)
  return id === undefined ? input : { ...input, text: open(id) }
}

function streamOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('stream' in value)) return undefined
  return typeof value.stream === 'number' ? value.stream : undefined
}

function isList(response: PluginResponse): response is readonly (string | Reply)[] {
  return Array.isArray(response)
}
