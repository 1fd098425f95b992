import type { ModelInput } from '@pluggram/sdk'
import type { ProviderApi } from './vendors.ts'

/** A selected model, with everything needed to call it. */
export interface Selection {
  /** A built-in name, or one of `ai.providers`. */
  readonly provider: string
  /** `demo` is the built-in model, `llama-cpp` a GGUF file in this process. */
  readonly api: ProviderApi | 'demo' | 'llama-cpp'
  readonly model: string
  /**
   * The provider's name in errors, for example `OpenAI` or `the model server at
   * http://127.0.0.1:11434/v1`.
   */
  readonly label: string
  /** Why this model was selected, for the owner. */
  readonly reason: string
  readonly setupHint?: string
  /** Absent for models in this process. */
  readonly server?: ModelServer
  /**
   * True when `auto` may select another model later: after a failure, or when a local server
   * appears.
   */
  readonly isProvisional: boolean
  /** The inputs besides text, if set by the owner. */
  readonly takes?: readonly ModelInput[]
}

/** A model API's address and credentials. */
export interface ModelServer {
  /** Without credentials, query and trailing slash. */
  readonly baseUrl: string
  readonly apiKey?: string
  /** Sent with every request, for example for a base URL with user and password. */
  readonly headers?: Readonly<Record<string, string>>
  readonly queryParameters?: Readonly<Record<string, string>>
  /** What to correct when the server rejects the key, for example `OPENAI_API_KEY in .env`. */
  readonly keySource: string
  /** True when it was discovered on this machine rather than configured. */
  readonly isLocal: boolean
}

/** The `provider:model` to write in `ai.model`. */
export function selectionId(selection: Selection): string {
  return `${selection.provider}:${selection.model}`
}
