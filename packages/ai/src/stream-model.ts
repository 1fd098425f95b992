import { AiError } from '@pluggram/sdk'
import type { TextEnd } from '@pluggram/sdk'
import type { GuardedModel } from './guarded-model.ts'
import { toModelMessage } from './model-message.ts'
import type { RequestLimits } from './request-limits.ts'
import { selectionId } from './selection.ts'
import { StepCalls, stepOptions } from './tools/step-calls.ts'
import type { StepRequest } from './tools/tool-step.ts'
import { aiSdk } from './ai-sdk.ts'

export interface StreamModelOptions {
  readonly model: GuardedModel
  readonly request: StepRequest
  readonly limits: RequestLimits
}

/**
 * Streams the model's text through the AI SDK. The generator returns the details of the end.
 * @throws AiError, or the abort reason
 */
export async function* streamModel(options: StreamModelOptions): AsyncGenerator<string, TextEnd> {
  const { model, request, limits } = options
  const result = aiSdk().streamText({
    model,
    messages: [...request.messages.map(toModelMessage), ...(request.step?.messages ?? [])],
    ...stepOptions(request),
    ...(request.system !== undefined && { instructions: request.system }),
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
    abortSignal: limits.signal,
    // the guarded model retries instead: it knows what was already shown and the provider's
    // requested delay
    maxRetries: 0,
    telemetry: { isEnabled: false },
    // errors also arrive as stream parts; without a handler the SDK prints them to the console
    onError: () => {},
  })
  const parts = result.stream[Symbol.asyncIterator]()
  const calls = new StepCalls(request)
  let hasText = false
  while (true) {
    const next = await limits.race(parts.next())
    if (next.done) throw brokenOff()
    const part = next.value
    if (part.type === 'text-delta' && part.text !== '') {
      hasText = true
      yield part.text
    }
    calls.take(part)
    if (part.type === 'error') {
      // the model called tools although it had to write: the calls are reported, but not made
      if (!aiSdk().ToolChoiceViolationError.isInstance(part.error)) throw part.error
      calls.endUnwanted(part.error)
      return end('other')
    }
    if (part.type === 'abort') limits.signal.throwIfAborted()
    if (part.type === 'finish') {
      if (!hasText && calls.isEmpty)
        throw new AiError('ai-empty', 'The language model sent an empty answer. Try again.', {
          isRetryable: true,
        })
      await calls.end(result.responseMessages)
      return end(REASONS[part.finishReason] ?? 'other')
    }
  }

  function end(reason: TextEnd['reason']): TextEnd {
    return { model: model.selection ? selectionId(model.selection) : '', usage: model.usage, reason }
  }
}

const REASONS: Readonly<Partial<Record<string, TextEnd['reason']>>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'filtered',
}

function brokenOff(): AiError {
  return new AiError('ai-unavailable', 'The language model broke off its answer. Try again.', {
    isRetryable: true,
  })
}
