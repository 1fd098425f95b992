import type { AiSubject, AiUsage, AssistantDirectory, Logger, ModelInput } from '@pluggram/sdk'
import type { AiLedger } from '@pluggram/sdk/runtime'
import type { BudgetSettings } from './budget/budget-settings.ts'
import type { GateLimits } from './budget/request-gate.ts'
import type { LocalServer, ProviderApi } from './vendors.ts'

/** The `ai` section of config.json: which models answer. */
export interface AiSettings {
  /** `auto`, `provider:model`, or a list: if one fails, the next one answers. */
  readonly model: string | readonly string[]
  /** Models that users can choose in addition to the default. */
  readonly choices?: readonly string[]
  /** An OpenAI-compatible server; overrides `OPENAI_BASE_URL`. */
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
  /** `refuse` (the default), or the model that answers once a budget is used up. */
  readonly atLimit?: string
  /** Default: 4 for a user, 64 overall. */
  readonly concurrency?: GateLimits
}

/** One server of `ai.providers`. */
interface ProviderSettings {
  /** Default: openai-compatible, or the vendor's own API for openai, anthropic and google. */
  readonly api?: ProviderApi | undefined
  readonly baseUrl?: string | undefined
  readonly apiKey?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Default: derived from the model. */
  readonly takes?: readonly ModelInput[] | undefined
}

/** Timeouts of a request. When one of them expires, the request is cancelled. */
export interface AiTimeouts {
  readonly firstTokenSeconds: number
  readonly betweenTokensSeconds: number
  readonly totalSeconds: number
}

/** Counts what models do. The name is `provider:model`. */
export interface ModelCounts {
  /** The seconds are those until the first word. */
  modelAsked(model: string, outcome: 'ok' | 'timeout' | 'failed', seconds: number): void
  modelUsed(model: string, usage: AiUsage): void
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface AiOptions {
  readonly settings: AiSettings
  /** Source of keys and addresses; `process.env` is never read directly. */
  readonly environment: Environment
  /** What the demo model can talk about, read again for every answer. */
  readonly directory: () => AssistantDirectory
  /** Records usage and the chosen models. */
  readonly ledger: AiLedger
  /** The assistant's home, with prices.json, GGUF files and the packages the owner installed. */
  readonly home: string
  readonly logger: Logger
  /** Hides secrets in what models are sent. Default: hides nothing. */
  readonly hide?: (text: string) => string
  /** The assistant's own HTTP port, so that it does not mistake itself for a model server. */
  readonly ownPort?: number
  /**
   * Where `auto` looks for a model on this machine. Default: the usual ports of Ollama, LM Studio,
   * llama.cpp and vLLM.
   */
  readonly localServers?: readonly LocalServer[]
  /** Pause between two words of the demo model. Default 25. */
  readonly demoWordMilliseconds?: number
  /** False while nobody owns the assistant: then only models that cost nothing answer. Default: true. */
  readonly mayPay?: (subject: AiSubject) => boolean
  readonly counts?: ModelCounts
  /** The clock of the budgets. */
  readonly now?: () => Date
}
