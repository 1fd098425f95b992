import type { AssistantDirectory, Logger } from '@pluggram/sdk'
import type { LocalServer } from './vendors.ts'

/** The part of the configuration that says which model answers. */
export interface AiSettings {
  /** `auto`, or `provider:model` with openai, anthropic, google, openai-compatible or demo. */
  readonly model: string
  /** An OpenAI-compatible server; wins over `OPENAI_BASE_URL`. */
  readonly baseUrl?: string
  readonly timeouts: AiTimeouts
}

/** How long the model may be silent. Past any of them the request is cancelled. */
export interface AiTimeouts {
  readonly firstTokenSeconds: number
  readonly betweenTokensSeconds: number
  readonly totalSeconds: number
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface AiOptions {
  readonly settings: AiSettings
  /** Where keys and addresses are looked up; `process.env` is never read. */
  readonly environment: Environment
  /** What the demo model may talk about, asked again for every answer. */
  readonly directory: () => AssistantDirectory
  readonly logger: Logger
  /** The assistant's own HTTP port, so that it never takes itself for a model server. */
  readonly ownPort?: number
  /** Where `auto` looks for a model on this machine. Default: the usual ports of Ollama, LM Studio, llama.cpp, vLLM. */
  readonly localServers?: readonly LocalServer[]
  /** Pause between two words of the demo model. Default 25. */
  readonly demoWordMilliseconds?: number
}
