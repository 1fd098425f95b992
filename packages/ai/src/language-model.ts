import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { extractReasoningMiddleware, wrapLanguageModel } from 'ai'
import type { LanguageModel } from 'ai'
import { authorizationHeaders } from './base-url.ts'
import type { Selection } from './selection.ts'

/** The interface every model implements, as the AI SDK of this version defines it. */
export type SdkLanguageModel = Extract<LanguageModel, { specificationVersion: 'v4' }>

/** The AI SDK's model for a selection; `demo` serves the selections without a server. */
export function createLanguageModel(selection: Selection, demo: SdkLanguageModel): SdkLanguageModel {
  const { provider, model, server } = selection
  if (!server) return demo
  const { baseUrl, apiKey = '', queryParameters } = server
  // base URL and key are always given: left out, the SDK would read them from the process's environment
  if (provider === 'anthropic') return createAnthropic({ baseURL: baseUrl, apiKey }).languageModel(model)
  if (provider === 'google') return createGoogle({ baseURL: baseUrl, apiKey }).languageModel(model)
  if (isOpenAi(selection)) return createOpenAI({ baseURL: baseUrl, apiKey }).languageModel(model)
  const compatible = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: baseUrl,
    headers: authorizationHeaders(server),
    ...(queryParameters && { queryParams: { ...queryParameters } }),
  })
  // several local servers pass a model's thoughts on inside the text
  return wrapLanguageModel({
    model: compatible.chatModel(model),
    middleware: extractReasoningMiddleware({ tagName: 'think' }),
  })
}

/** Options only the real OpenAI API knows: conversations are not kept there. */
export function providerOptions(selection: Selection): { openai: { store: false } } | undefined {
  return isOpenAi(selection) ? { openai: { store: false } } : undefined
}

function isOpenAi({ provider, server }: Selection): boolean {
  return provider === 'openai' && server?.baseUrl === 'https://api.openai.com/v1'
}
