import type { AssistantDirectory, Logger, ModelInput } from '@pluggram/sdk'
import type { AiLedger } from '@pluggram/sdk/runtime'
import type { BudgetSettings } from './budget/budget-settings.ts'
import type { GateLimits } from './budget/request-gate.ts'
import type { LocalServer, ProviderApi } from './vendors.ts'

/** The part of the configuration that says which models answer: `ai` of config.json. */
export interface AiSettings {
  /** `auto`, `provider:model`, or several: when one fails, the next answers. */
  readonly model: string | readonly string[]
  /** Models that people may choose, beside the default. */
  readonly choices?: readonly string[]
  /** An OpenAI-compatible server; wins over `OPENAI_BASE_URL`. */
  readonly baseUrl?: string | undefined
  /** Servers by name. */
  readonly providers?: Readonly<Record<string, ProviderSettings>>
  /** `auto`, `off`, or `provider:model`. Default `auto`. */
  readonly embeddingModel?: string
  readonly transcriptionModel?: string
  readonly speechModel?: string
  readonly speechVoice?: string | undefined
  readonly maxOutputTokens?: number | undefined
  readonly timeouts: AiTimeouts
  /** Default: no limits. */
  readonly budgets?: BudgetSettings
  /** `refuse` (the default), or the model that answers when a budget is used up. */
  readonly atLimit?: string
  /** Default: 4 for a user, 64 overall. */
  readonly concurrency?: GateLimits
}

/** One server of `ai.providers`. */
interface ProviderSettings {
  /** Default: openai-compatible; for openai, anthropic and google their own. */
  readonly api?: ProviderApi | undefined
  readonly baseUrl?: string | undefined
  readonly apiKey?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Default: what is known about the model. */
  readonly takes?: readonly ModelInput[] | undefined
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
  /** Counts what is used and keeps which models were chosen. */
  readonly ledger: AiLedger
  /** The assistant's home: prices.json, GGUF files and what the owner installed. */
  readonly home: string
  readonly logger: Logger
  /** The assistant's own HTTP port, so that it never takes itself for a model server. */
  readonly ownPort?: number
  /** Where `auto` looks for a model on this machine. Default: the usual ports of Ollama, LM Studio, llama.cpp, vLLM. */
  readonly localServers?: readonly LocalServer[]
  /** Pause between two words of the demo model. Default 25. */
  readonly demoWordMilliseconds?: number
  /** The clock of the budgets. */
  readonly now?: () => Date
}
