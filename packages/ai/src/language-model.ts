import type { Logger } from '@pluggram/sdk'
import type { Fetch } from './bounded-fetch.ts'
import { createCompatibleFetch } from './compatible/compatible-fetch.ts'
import type { ModelHabits } from './compatible/model-habits.ts'
import { withPlainAnswers } from './compatible/plain-answer.ts'
import { withoutRefusedTools } from './compatible/without-refused-tools.ts'
import { compatibleSettings, providerSettings } from './provider-settings.ts'
import type { SdkLanguageModel } from './sdk-language-model.ts'
import { selectionId } from './selection.ts'
import type { Selection } from './selection.ts'
import { sdkProviders } from './ai-sdk.ts'

/** Models that run in this process. */
export interface OwnModels {
  readonly demo: SdkLanguageModel
  llamaCpp(file: string): SdkLanguageModel
}

export interface LanguageModelOptions {
  /** The models without a server. */
  readonly own: OwnModels
  readonly habits: ModelHabits
  /** Makes the requests. */
  readonly fetch: Fetch
  /** See `PlainAnswerOptions`. */
  readonly holdMs: number
  readonly logger: Logger
}

/** Creates the AI SDK's model for a selection. */
export function createLanguageModel(selection: Selection, options: LanguageModelOptions): SdkLanguageModel {
  const { api, model, server } = selection
  const { own, habits, holdMs, logger } = options
  if (!server) {
    if (api !== 'llama-cpp') return own.demo
    return withPlainAnswers(own.llamaCpp(model), { habits: habits.of('', model), holdMs })
  }
  const seen = habits.of(server.baseUrl, model)
  const refusals = { habits, model: seen, name: selectionId(selection), logger }
  const settings = providerSettings(server, options.fetch)
  if (api === 'anthropic')
    return withoutRefusedTools(
      sdkProviders.anthropic().createAnthropic(settings).languageModel(model),
      refusals,
    )
  if (api === 'google')
    return withoutRefusedTools(sdkProviders.google().createGoogle(settings).languageModel(model), refusals)
  if (api === 'openai')
    return withoutRefusedTools(sdkProviders.openai().createOpenAI(settings).languageModel(model), refusals)
  const fetch = createCompatibleFetch({ ...refusals, fetch: options.fetch })
  return withPlainAnswers(
    sdkProviders.compatible().createOpenAICompatible(compatibleSettings(server, fetch)).chatModel(model),
    {
      habits: seen,
      holdMs,
    },
  )
}

/** Options that only the real OpenAI API supports: it must not store conversations. */
export function providerOptions(selection: Selection): { openai: { store: false } } | undefined {
  return selection.api === 'openai' ? { openai: { store: false } } : undefined
}
