import { proxyFailure } from '@pluggram/base'
import { authorizationHeaders, serverUrl } from './base-url.ts'
import type { ModelServer } from './selection.ts'

/** A longer response is not a list of models. */
const MAX_BYTES = 8 * 1024 * 1024

/** Names of models that are not for chat. */
const NOT_FOR_CHAT =
  /embed|whisper|(^|[-_/.])(tts|asr|stt|ocr|clip|sora|bge|e5|gte|minilm|rerank\w*)([-_/.:]|$)|dall-?e|transcri|moderation|stable-diffusion|sdxl|flux|imagen?([-_/.:]|$)|realtime|speech|audio-preview|davinci|babbage/i

export type ModelsAnswer =
  | { readonly kind: 'models'; readonly ids: readonly string[] }
  /** A server answered, but not with a list of models. */
  | { readonly kind: 'no-list'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly isTimeout: boolean; readonly proxy: string | undefined }

export interface AskOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Calls `GET /models` on an OpenAI-compatible server. Never throws. */
export async function askModels(
  server: Pick<ModelServer, 'baseUrl' | 'apiKey' | 'headers' | 'queryParameters'>,
  { timeoutMs, signal }: AskOptions,
): Promise<ModelsAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(serverUrl(server, '/models'), {
      headers: { Accept: 'application/json', ...authorizationHeaders(server) },
      // a redirect could leak the key, and listing models does not need one
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    })
    if (!response.ok) {
      await response.body?.cancel()
      return { kind: 'no-list', status: response.status }
    }
    const ids = parseModels(await readBounded(response))
    return ids ? { kind: 'models', ids } : { kind: 'no-list', status: response.status }
  } catch (error) {
    return { kind: 'unreachable', isTimeout: timeout.aborted, proxy: proxyFailure(error) }
  }
}

/** The first model of a list that can hold a conversation. */
export function firstChatModel(ids: readonly string[]): string | undefined {
  return ids.find((id) => !NOT_FOR_CHAT.test(id))
}

/** Ids of `{ object: 'list', data: [{ id }] }`; `undefined` for anything else. */
function parseModels(text: string): string[] | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(body)) return undefined
  // Ollama without models answers { object: 'list', data: null }
  if (body.object === 'list' && body.data === null) return []
  if (!Array.isArray(body.data)) return undefined
  const entries: unknown[] = body.data
  const ids = entries.flatMap((entry) => (isRecord(entry) && isModelId(entry.id) ? [entry.id] : []))
  if (ids.length < entries.length) return undefined
  const saysList = body.object === 'list'
  const saysModels =
    entries.length > 0 && entries.every((entry) => isRecord(entry) && entry.object === 'model')
  return saysList || saysModels ? ids : undefined
}

function isModelId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e][\x20-\x7e]{0,199}$/.test(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** @throws Error when it is too long to be a list of models */
export async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error('The list of models is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
