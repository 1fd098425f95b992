import type { Logger } from '@pluggram/sdk'
import type { CallOptions, SdkLanguageModel } from '../sdk-language-model.ts'
import type { Habits, ModelHabits } from './model-habits.ts'
import { providerWords } from './provider-words.ts'
import { TOOLS, toolInWords, toolNamed } from './refused-features.ts'
import { aiSdk } from '../ai-sdk.ts'

export interface RefusedToolsOptions {
  readonly habits: ModelHabits
  /** What is known of the model that is asked. */
  readonly model: Habits
  /** `provider:model`, for the log. */
  readonly name: string
  readonly logger: Logger
}

/** Tools are left out at most so often in one request. */
const MAX_TIMES = 4

/**
 * A model of a vendor's own API, asked again without the tool that it refuses, or without all. The
 * clients of these APIs build the request, so whole tools are all that can be left out.
 */
export function withoutRefusedTools(inner: SdkLanguageModel, options: RefusedToolsOptions): SdkLanguageModel {
  const { habits, model, name, logger } = options
  return {
    specificationVersion: 'v4',
    provider: inner.provider,
    modelId: inner.modelId,
    supportedUrls: inner.supportedUrls,
    doGenerate: (call) => inner.doGenerate(call),
    async doStream(call) {
      let left = habits.refusedBy(model)
      for (let times = 1; ; times++) {
        const sent = withoutTools(call, left)
        try {
          return await inner.doStream(sent)
        } catch (error) {
          const refused = times < MAX_TIMES ? refusedIn(error, sent) : undefined
          if (!refused) throw error
          habits.refuses(model, refused.name, false)
          logger.warn(`the model server refuses ${refused.name}; it is asked without from now on`, {
            model: name,
            ...refused.said,
          })
          left = habits.refusedBy(model)
        }
      }
    },
  }
}

function refusedIn(
  error: unknown,
  { tools = [] }: CallOptions,
): { readonly name: string; readonly said: { readonly status: number; readonly words: string } } | undefined {
  if (!aiSdk().APICallError.isInstance(error) || tools.length === 0) return undefined
  const { statusCode: status = 0, responseBody } = error
  if (status !== 400 && status !== 404 && status !== 422) return undefined
  const words = providerWords(responseBody)
  const body = { tools: tools.map(({ name }) => ({ function: { name } })) }
  const feature = toolInWords(words, body) ?? (TOOLS.words.test(words) ? TOOLS : undefined)
  return feature && { name: feature.name, said: { status, words } }
}

function withoutTools(call: CallOptions, left: readonly string[]): CallOptions {
  if (left.length === 0 || !call.tools) return call
  const isLeft = (tool: string): boolean => {
    const body = { tools: [{ function: { name: tool } }] }
    return left.some((name) => name === TOOLS.name || toolNamed(name)?.isIn(body) === true)
  }
  const tools = call.tools.filter(({ name }) => !isLeft(name))
  const { tools: _all, toolChoice, ...rest } = call
  return tools.length === 0 ? rest : { ...rest, tools, ...(toolChoice && { toolChoice }) }
}
