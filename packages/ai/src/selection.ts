import type { ModelInput } from '@pluggram/sdk'
import type { ProviderApi } from './vendors.ts'

/** A model that was chosen, with everything needed to talk to it. */
export interface Selection {
  /** A built-in name, or one of `ai.providers`. */
  readonly provider: string
  /** `demo` is the built-in model, `llama-cpp` a GGUF file in this process. */
  readonly api: ProviderApi | 'demo' | 'llama-cpp'
  readonly model: string
  /** How errors call the other side, for example `OpenAI` or `the model server at http://127.0.0.1:11434/v1`. */
  readonly label: string
  /** Why this one, for the owner. */
  readonly reason: string
  readonly setupHint?: string
  /** Absent for models in this process. */
  readonly server?: ModelServer
  /** True when `auto` may come to another result later: after a failure, or when a local server appears. */
  readonly isProvisional: boolean
  /** What the owner says the model takes beside text. */
  readonly takes?: readonly ModelInput[]
}

/** A model API's address and what it asks for. */
export interface ModelServer {
  /** Without credentials, query and trailing slash. */
  readonly baseUrl: string
  readonly apiKey?: string
  /** Sent with every request, for example for a base URL with user and password. */
  readonly headers?: Readonly<Record<string, string>>
  readonly queryParameters?: Readonly<Record<string, string>>
  /** What to correct when the server refuses the key, for example `OPENAI_API_KEY in .env`. */
  readonly keySource: string
  /** Runs on this machine and was found, not configured. */
  readonly isLocal: boolean
}

/** `provider:model`, as `ai.model` takes it. */
export function selectionId(selection: Selection): string {
  return `${selection.provider}:${selection.model}`
}
