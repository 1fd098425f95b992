import { AiError } from '@pluggram/sdk'
import type { EmbeddingModel, SpeechModel, TranscriptionModel } from 'ai'
import { chooseModel } from './choose-model.ts'
import type { ChooseOptions } from './choose-model.ts'
import { askModels } from './models-list.ts'
import type { Fetch } from './bounded-fetch.ts'
import { compatibleSettings, providerSettings } from './provider-settings.ts'
import type { ModelServer, Selection } from './selection.ts'
import { sdkProviders } from './ai-sdk.ts'

/** Tasks of models other than conversation. */
export type Ability = 'embed' | 'transcribe' | 'speak'

const LIST_TIMEOUT_MS = 2_000

/** The vendors' models for each task, chosen by `auto`. */
const BY_VENDOR: Readonly<Record<string, Partial<Record<Ability, string>>>> = {
  openai: {
    embed: 'text-embedding-3-small',
    transcribe: 'gpt-4o-mini-transcribe',
    speak: 'gpt-4o-mini-tts',
  },
  google: { embed: 'gemini-embedding-001' },
}

/** Names of such models in servers' lists. */
const NAMES: Readonly<Record<Ability, RegExp>> = {
  embed: /embed|(^|[-_/.])(bge|e5|gte|minilm)([-_/.:]|$)/i,
  transcribe: /whisper|transcri|(^|[-_/.])(asr|stt)([-_/.:]|$)/i,
  speak: /(^|[-_/.])tts([-_/.:\d]|$)|kokoro|piper/i,
}

export interface FindOptions extends ChooseOptions {
  /** `auto`, `off`, or `provider:model`. */
  readonly wanted: string
  /** The configured conversation model; its provider is tried first. */
  readonly conversation: string
}

/**
 * Finds the model for a task; `undefined` when none supports it.
 * @throws AiError when the configuration is unusable
 */
export async function findOtherModel(
  ability: Ability,
  { wanted, conversation, ...options }: FindOptions,
): Promise<Selection | undefined> {
  if (wanted === 'off') return undefined
  if (wanted !== 'auto') {
    const selection = await chooseModel(wanted, options)
    if (!selection.server || selection.api === 'anthropic') {
      throw new AiError(
        'ai-misconfigured',
        `${selection.label} has no models for that. Name another in config.json.`,
      )
    }
    return selection
  }
  return (
    (await findAt(conversation, ability, options).catch(() => undefined)) ??
    (conversation === 'auto' ? undefined : await findAt('auto', ability, options))
  )
}

/** Finds a provider's model for a task. */
async function findAt(
  name: string,
  ability: Ability,
  options: ChooseOptions,
): Promise<Selection | undefined> {
  const { api, server, ...found } = await chooseModel(name, options)
  if (!server) return undefined
  const model = BY_VENDOR[api]?.[ability] ?? (await findListed(ability, api, server, options.signal))
  return model === undefined ? undefined : { ...found, api, server, model }
}

async function findListed(
  ability: Ability,
  api: string,
  server: ModelServer,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (api !== 'openai-compatible') return undefined
  const answer = await askModels(server, { timeoutMs: LIST_TIMEOUT_MS, signal })
  return answer.kind === 'models' ? answer.ids.find((id) => NAMES[ability].test(id)) : undefined
}

/** @throws AiError when the provider has no such models */
export function createEmbeddingModel({ api, model, server, label }: Selection, fetch: Fetch): EmbeddingModel {
  if (server && api === 'openai')
    return sdkProviders.openai().createOpenAI(providerSettings(server, fetch)).embeddingModel(model)
  if (server && api === 'google')
    return sdkProviders.google().createGoogle(providerSettings(server, fetch)).embeddingModel(model)
  if (server && api === 'openai-compatible')
    return sdkProviders
      .compatible()
      .createOpenAICompatible(compatibleSettings(server, fetch))
      .embeddingModel(model)
  throw unable(label)
}

/**
 * Compatible servers use OpenAI's API for speech. @throws AiError when the provider has no such
 * models
 */
export function createTranscriptionModel(
  { api, model, server, label }: Selection,
  fetch: Fetch,
): TranscriptionModel {
  if (server && (api === 'openai' || api === 'openai-compatible'))
    return sdkProviders.openai().createOpenAI(providerSettings(server, fetch)).transcription(model)
  if (server && api === 'google')
    return sdkProviders.google().createGoogle(providerSettings(server, fetch)).transcription(model)
  throw unable(label)
}

/** @throws AiError when the provider has no such models */
export function createSpeechModel({ api, model, server, label }: Selection, fetch: Fetch): SpeechModel {
  if (server && (api === 'openai' || api === 'openai-compatible'))
    return sdkProviders.openai().createOpenAI(providerSettings(server, fetch)).speech(model)
  if (server && api === 'google')
    return sdkProviders.google().createGoogle(providerSettings(server, fetch)).speech(model)
  throw unable(label)
}

function unable(label: string): AiError {
  return new AiError('ai-misconfigured', `${label} has no models for that. Name another in config.json.`)
}
