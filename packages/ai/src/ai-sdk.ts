import { createRequire } from 'node:module'
import type * as anthropic from '@ai-sdk/anthropic'
import type * as google from '@ai-sdk/google'
import type * as openai from '@ai-sdk/openai'
import type * as compatible from '@ai-sdk/openai-compatible'
import type * as sdk from 'ai'

const load = createRequire(import.meta.url)

/** The AI SDK. It is loaded when a model is first asked: an assistant that waits, or runs the demo model, does without. */
export const aiSdk = (): typeof sdk => load('ai') as typeof sdk

/** The vendors' packages of the AI SDK. Each is loaded when the first of its models is made: most homes use one. */
export const sdkProviders = {
  anthropic: () => load('@ai-sdk/anthropic') as typeof anthropic,
  google: () => load('@ai-sdk/google') as typeof google,
  openai: () => load('@ai-sdk/openai') as typeof openai,
  compatible: () => load('@ai-sdk/openai-compatible') as typeof compatible,
}
