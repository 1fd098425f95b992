import type { Logger } from '@pluggram/sdk'
import type { Fetch } from '../bounded-fetch.ts'
import { isFields } from './clean-chunk.ts'
import type { Habits } from './model-habits.ts'

const FINGERPRINT = 'fp_ollama'
const TIMEOUT_MS = 2_000
/** Every script has at most about so many characters for a token; JSON around them has more. */
const CHARACTERS_PER_TOKEN = 4

export interface ContextOptions {
  readonly fetch: Fetch
  readonly model: Habits
  /** `provider:model`, for the log. */
  readonly name: string
  readonly logger: Logger
}

/** One request that was sent. */
export interface SentChat {
  readonly url: string
  readonly headers: RequestInit['headers']
  readonly model: unknown
  /** The length of its body. */
  readonly characters: number
}

/** Whether an answer comes from Ollama, which says so in every chunk. */
export function isFromOllama(chunk: Readonly<Record<string, unknown>>): boolean {
  return chunk['system_fingerprint'] === FINGERPRINT
}

/**
 * Ollama leaves out the beginning of a conversation that exceeds the context it runs a model with,
 * often only 4,096 tokens, and does not say so. This says it, once for each model.
 */
export async function checkOllamaContext(sent: SentChat, options: ContextOptions): Promise<void> {
  const { model, name, logger } = options
  model.contextTokens ??= await readContext(sent, options.fetch)
  const tokens = Math.ceil(sent.characters / CHARACTERS_PER_TOKEN)
  if (model.contextTokens === 0 || tokens <= model.contextTokens || model.hasToldContext) return
  model.hasToldContext = true
  logger.warn(
    `Ollama runs ${name} with a context of ${model.contextTokens} tokens and leaves out the beginning of what is longer, without a word; start Ollama with a larger OLLAMA_CONTEXT_LENGTH, or lower history_tokens of ai_chatbot`,
    { model: name, contextTokens: model.contextTokens, requestTokens: tokens },
  )
}

/** The context that a loaded model runs with; 0 when it cannot be learned. */
async function readContext({ url, headers, model }: SentChat, fetch: Fetch): Promise<number> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(new URL('/api/ps', url), { ...(headers && { headers }), signal })
    const report: unknown = response.ok ? await response.json() : undefined
    const models: unknown = isFields(report) ? report['models'] : undefined
    const loaded: unknown[] = Array.isArray(models) ? models : []
    const mine = loaded.filter(isFields).find((item) => [item['name'], item['model']].includes(model))
    const length = mine?.['context_length']
    return typeof length === 'number' && length > 0 ? length : 0
  } catch {
    return 0
  }
}
