import type { AiService, AiUsage, TextEnd, TextRequest } from '@pluggram/sdk'
import { AiError } from '@pluggram/sdk'
import { createAiService } from '@pluggram/sdk/runtime'

/** A model that answers from the test's script and records its requests. */
export interface ScriptedAi extends AiService {
  readonly requests: readonly TextRequest[]
}

/** Replacements for the defaults. */
export type ScriptedAiOverrides = Partial<AiService>

const MODEL = 'test:scripted'
const NOTHING: AiUsage = { inputTokens: 0, outputTokens: 0 }
const END: TextEnd = { model: MODEL, usage: NOTHING, reason: 'stop' }

/**
 * `generateObject` answers with the script's text parsed as JSON. Everything but conversations,
 * such as embeddings, fails unless `overrides` handles it.
 * @param script the pieces of every answer, or a function that returns them for a request
 */
export function createScriptedAi(
  script: readonly string[] | ((request: TextRequest) => readonly string[]),
  overrides: ScriptedAiOverrides = {},
): ScriptedAi {
  const requests: TextRequest[] = []
  const answer = (request: TextRequest): readonly string[] => {
    requests.push(request)
    request.signal?.throwIfAborted()
    return typeof script === 'function' ? script(request) : script
  }
  const unable = async (): Promise<never> => {
    throw new AiError('ai-misconfigured', 'This test has no model for that.')
  }
  return {
    ...createAiService(() => unable),
    requests,
    model: async () => ({ id: MODEL, isDemo: false }),
    models: async () => [{ id: MODEL, isDefault: true, isCurrent: true }],
    choose: async () => {},
    abilities: async () => ({}),
    usage: async () => ({ currency: 'USD', lines: [] }),
    async *streamText(request) {
      for (const piece of answer(request)) {
        request.signal?.throwIfAborted()
        yield piece
      }
      request.onEnd?.(END)
    },
    generateText: async (request) => ({ ...END, text: answer(request).join('') }),
    async generateObject({ schema, ...request }) {
      const result = await schema['~standard'].validate(JSON.parse(answer(request).join('')))
      if (result.issues) throw new AiError('ai-unavailable', 'The scripted answer does not fit the schema.')
      return { ...END, object: result.value }
    },
    ...overrides,
  }
}
