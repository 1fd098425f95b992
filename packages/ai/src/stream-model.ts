import { AiError } from '@pluggram/sdk'
import type { TextEnd, TextRequest } from '@pluggram/sdk'
import { streamText } from 'ai'
import { providerOptions } from './language-model.ts'
import type { SdkLanguageModel } from './language-model.ts'
import type { RequestLimits } from './request-limits.ts'
import { selectionId } from './selection.ts'
import type { Selection } from './selection.ts'
import { toModelMessage } from './model-message.ts'

export interface StreamModelOptions {
  readonly model: SdkLanguageModel
  readonly selection: Selection
  readonly request: TextRequest
  readonly limits: RequestLimits
}

/** One try: the model's text through the AI SDK. Errors come out as the SDK or the provider made them. */
export async function* streamModel(options: StreamModelOptions): AsyncGenerator<string, TextEnd> {
  const { model, selection, request, limits } = options
  const vendorOptions = providerOptions(selection)
  const result = streamText({
    model,
    messages: request.messages.map(toModelMessage),
    ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
    ...(request.system !== undefined && { instructions: request.system }),
    ...(vendorOptions && { providerOptions: vendorOptions }),
    abortSignal: limits.signal,
    // the service above retries: it knows what the user has seen, and how long a provider asks to wait
    maxRetries: 0,
    telemetry: { isEnabled: false },
    // errors come again as stream parts; without a handler the SDK prints them to the console
    onError: () => {},
  })
  const parts = result.stream[Symbol.asyncIterator]()
  let hasText = false
  limits.expectFirstToken()
  while (true) {
    // a stream that ignores its signal must not hold us
    const next = await limits.race(parts.next())
    if (next.done) throw brokenOff(selection)
    const part = next.value
    if (part.type === 'reasoning-delta') limits.heard()
    if (part.type === 'text-delta' && part.text !== '') {
      hasText = true
      limits.pause()
      yield part.text
      limits.heard()
    }
    if (part.type === 'error') throw part.error
    if (part.type === 'abort') limits.signal.throwIfAborted()
    if (part.type === 'finish') {
      // the last part: what a model leaves open after it is of no interest
      if (part.finishReason === 'content-filter') throw refusal(selection)
      if (!hasText) throw emptyAnswer(selection)
      const { inputTokens = 0, outputTokens = 0 } = part.totalUsage
      return {
        model: selectionId(selection),
        usage: { inputTokens, outputTokens },
        reason: part.finishReason === 'stop' || part.finishReason === 'length' ? part.finishReason : 'other',
      }
    }
  }
}

function refusal({ label }: Selection): AiError {
  return new AiError('ai-refused', `The content filter of ${label} stopped the answer. Try other words.`)
}

function emptyAnswer({ label, model }: Selection): AiError {
  return new AiError('ai-unavailable', `${model} at ${label} sent an empty answer. Try again.`, {
    isRetryable: true,
  })
}

function brokenOff({ label, model }: Selection): AiError {
  return new AiError('ai-unavailable', `${model} at ${label} broke off its answer. Try again.`, {
    isRetryable: true,
  })
}
