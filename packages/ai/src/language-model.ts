import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { extractReasoningMiddleware, wrapLanguageModel } from 'ai'
import type { LanguageModel } from 'ai'
import { compatibleSettings, providerSettings } from './provider-settings.ts'
import type { Selection } from './selection.ts'

/** The interface every model implements, as the AI SDK of this version defines it. */
export type SdkLanguageModel = Extract<LanguageModel, { specificationVersion: 'v4' }>

/** Models that run in this process. */
export interface OwnModels {
  readonly demo: SdkLanguageModel
  llamaCpp(file: string): SdkLanguageModel
}

/** Creates the AI SDK's model for a selection. `own` provides the models without a server. */
export function createLanguageModel(selection: Selection, own: OwnModels): SdkLanguageModel {
  const { api, model, server } = selection
  if (!server) return api === 'llama-cpp' ? own.llamaCpp(model) : own.demo
  const settings = providerSettings(server)
  if (api === 'anthropic') return createAnthropic(settings).languageModel(model)
  if (api === 'google') return createGoogle(settings).languageModel(model)
  if (api === 'openai') return createOpenAI(settings).languageModel(model)
  const compatible = createOpenAICompatible(compatibleSettings(server))
  // some local servers include the model's reasoning in the text
  return wrapLanguageModel({
    model: compatible.chatModel(model),
    middleware: extractReasoningMiddleware({ tagName: 'think' }),
  })
}

/** Options that only the real OpenAI API supports: it must not store conversations. */
export function providerOptions(selection: Selection): { openai: { store: false } } | undefined {
  return selection.api === 'openai' ? { openai: { store: false } } : undefined
}
