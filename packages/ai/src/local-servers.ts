import { isLoopback } from './base-url.ts'
import { askModels, firstChatModel } from './models-list.ts'
import type { Selection } from './selection.ts'
import type { LocalServer } from './vendors.ts'

/** Local servers answer within milliseconds, and a hanging port must not delay the first reply. */
const PROBE_TIMEOUT_MS = 300

export interface FindOptions {
  readonly localServers: readonly LocalServer[]
  readonly ownPort?: number
  readonly signal: AbortSignal
}

export type LocalModel =
  | { readonly kind: 'found'; readonly selection: Selection }
  /** `hint` is set when a server is running but has no model yet. */
  | { readonly kind: 'none'; readonly hint?: string }

/** Probes all servers concurrently. The first one in the list with a chat model wins. */
export async function findLocalModel({ localServers, ownPort, signal }: FindOptions): Promise<LocalModel> {
  const candidates = localServers.filter(({ baseUrl }) => isLoopback(baseUrl) && portOf(baseUrl) !== ownPort)
  const answers = await Promise.all(
    candidates.map(async (candidate) => ({
      candidate,
      answer: await askModels(candidate, { timeoutMs: PROBE_TIMEOUT_MS, signal }),
    })),
  )
  let hint: string | undefined
  for (const { candidate, answer } of answers) {
    if (answer.kind !== 'models') continue
    const model = firstChatModel(answer.ids)
    if (model) return { kind: 'found', selection: localSelection(candidate, model) }
    hint ??= `${candidate.label} runs at ${candidate.baseUrl} but has no model for conversations: load one there${
      candidate.label === 'Ollama' ? ', for example with `ollama pull llama3.2`' : ''
    }.`
  }
  return { kind: 'none', ...(hint && { hint }) }
}

function localSelection({ label, baseUrl }: LocalServer, model: string): Selection {
  return {
    provider: 'openai-compatible',
    api: 'openai-compatible',
    model,
    label: `the local model server at ${baseUrl}`,
    reason: `${label} answers at ${baseUrl}`,
    isProvisional: true,
    server: { baseUrl, keySource: 'OPENAI_API_KEY in .env', isLocal: true },
  }
}

function portOf(baseUrl: string): number {
  return Number(URL.parse(baseUrl)?.port)
}
