/** The protocol of a server. */
export type ProviderApi = 'openai' | 'anthropic' | 'google' | 'openai-compatible'

export interface Vendor {
  readonly provider: 'openai' | 'anthropic' | 'google'
  /** The vendor's display name. */
  readonly label: string
  readonly keyVariable: string
  readonly baseUrl: string
  /** Used when `ai.model` is `auto`: small, fast and cheap enough for a chat. */
  readonly defaultModel: string
}

/** The paid APIs, in the order in which `ai.model: auto` looks for their keys. */
export const VENDORS: readonly Vendor[] = [
  {
    provider: 'openai',
    label: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    baseUrl: 'https://api.openai.com/v1',
    defaultModel: 'gpt-6-luna',
  },
  {
    provider: 'anthropic',
    label: 'Anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrl: 'https://api.anthropic.com/v1',
    defaultModel: 'claude-haiku-5-5',
  },
  {
    provider: 'google',
    label: 'Google',
    keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    defaultModel: 'gemini-flash-latest',
  },
]

/** The variables with the vendors' keys. */
export const MODEL_KEYS: readonly string[] = VENDORS.map(({ keyVariable }) => keyVariable)

/** Providers that need no entry in `ai.providers`. */
export const PROVIDER_NAMES: readonly string[] = [
  'openai',
  'anthropic',
  'google',
  'openai-compatible',
  'llama-cpp',
  'demo',
]

/** A local program that serves models. */
export interface LocalServer {
  readonly label: string
  /** Always a loopback address. */
  readonly baseUrl: string
}

/** Default addresses of common programs. */
export const LOCAL_SERVERS: readonly LocalServer[] = [
  { label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
]
