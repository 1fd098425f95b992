import type { ModelPrice } from './model-price.ts'

/**
 * List prices as of 2026-11-22, in US dollars per million tokens, for prompts of usual length.
 * Surcharges for very long prompts and temporary discounts are ignored. The owner's prices.json
 * overrides them.
 */
export const DEFAULT_PRICES: Readonly<Record<string, ModelPrice>> = {
  'openai:gpt-6-astra': { input: 10, cached_input: 1, output: 50 },
  'openai:gpt-6.1-sol': { input: 2, cached_input: 0.1, output: 10 },
  'openai:gpt-6-sol': { input: 2, cached_input: 0.2, output: 10 },
  'openai:gpt-6-luna': { input: 0.1, cached_input: 0.01, output: 0.5 },
  'openai:gpt-5.6-terra': { input: 2, cached_input: 0.2, output: 12 },
  'openai:gpt-5.6-luna': { input: 0.2, cached_input: 0.02, output: 1.2 },
  'openai:gpt-5-nano': { input: 0.05, output: 0.4 },
  'openai:text-embedding-3-small': { input: 0.02, output: 0 },
  'openai:text-embedding-3-large': { input: 0.13, output: 0 },
  'openai:gpt-4o-mini-transcribe': { input: 0, output: 0, minute: 0.003 },
  'openai:gpt-4o-transcribe': { input: 0, output: 0, minute: 0.006 },
  'openai:whisper-1': { input: 0, output: 0, minute: 0.006 },
  'openai:gpt-4o-mini-tts': { input: 0, output: 0, million_characters: 18 },
  'openai:tts-1': { input: 0, output: 0, million_characters: 15 },
  'anthropic:claude-fable-5-1': { input: 10, output: 50 },
  'anthropic:claude-opus-5-5': { input: 4, cached_input: 0.2, output: 20 },
  'anthropic:claude-opus-5': { input: 5, cached_input: 0.5, output: 25 },
  'anthropic:claude-sonnet-5-5': { input: 2, cached_input: 0.2, output: 10 },
  'anthropic:claude-sonnet-5': { input: 2, cached_input: 0.2, output: 10 },
  'anthropic:claude-haiku-5-5': { input: 0.1, cached_input: 0.01, output: 0.5 },
  'anthropic:claude-haiku-4-5': { input: 1, cached_input: 0.1, output: 5 },
  'google:gemini-flash-latest': { input: 1.5, cached_input: 0.15, output: 7.5 },
  'google:gemini-3.8-flash': { input: 1.5, cached_input: 0.15, output: 7.5 },
  'google:gemini-3.6-flash': { input: 1.5, cached_input: 0.15, output: 7.5 },
  'google:gemini-3.5-flash-lite': { input: 0.3, cached_input: 0.03, output: 2.5 },
  'google:gemini-3.1-pro-preview': { input: 2, output: 12 },
  'google:gemini-2.5-pro': { input: 1.25, output: 10 },
  'google:gemini-2.5-flash': { input: 0.3, output: 2.5 },
  'google:gemini-embedding-001': { input: 0.15, output: 0 },
}
