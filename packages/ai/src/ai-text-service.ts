import { setTimeout } from 'node:timers/promises'
import { AiError } from '@pluggram/sdk'
import type {
  AiAbilities,
  AiService,
  AiUsageReport,
  EmbedResult,
  Logger,
  ModelChoice,
  ModelDescription,
  ObjectRequest,
  ObjectResult,
  SpeakResult,
  StandardSchemaV1,
  TextEnd,
  TextRequest,
  TextResult,
  TranscribeResult,
} from '@pluggram/sdk'
import { generateObject } from './generate-object.ts'
import type { AiTimeouts } from './ai-options.ts'
import { createLanguageModel } from './language-model.ts'
import type { SdkLanguageModel } from './language-model.ts'
import type { ModelSelector } from './model-selector.ts'
import { isServerGone, retryAfterMs, toAiError } from './provider-error.ts'
import { RequestLimits } from './request-limits.ts'
import { selectionId } from './selection.ts'
import type { Selection } from './selection.ts'
import { streamModel } from './stream-model.ts'

const MAX_TRIES = 2
const RETRY_DELAY_MS = 500
/** Whoever asks us to wait longer than a person would is not asked again. */
const MAX_RETRY_DELAY_MS = 5_000

export interface AiTextServiceOptions {
  readonly selector: ModelSelector
  readonly demo: SdkLanguageModel
  readonly timeouts: AiTimeouts
  readonly logger: Logger
  /** Aborted when the assistant stops. */
  readonly signal: AbortSignal
}

/** The AI service over whichever model is selected at the moment of a request. */
export class AiTextService implements AiService {
  readonly #options: AiTextServiceOptions

  constructor(options: AiTextServiceOptions) {
    this.#options = options
  }

  async model(): Promise<ModelDescription> {
    const selection = await this.#options.selector.select()
    return { id: selectionId(selection), isDemo: selection.provider === 'demo' }
  }

  async *streamText(request: TextRequest): AsyncGenerator<string> {
    const { selector, demo, timeouts, signal } = this.#options
    using limits = new RequestLimits(timeouts, [request.signal, signal])
    let selection = await limits.race(selector.select())
    for (let tries = 1; ; tries++) {
      let hasText = false
      try {
        const model = createLanguageModel(selection, demo)
        const texts = streamModel({ model, selection, request, limits })
        try {
          for (let next = await texts.next(); ; next = await texts.next()) {
            if (next.done) return request.onEnd?.(next.value)
            hasText = true
            yield next.value
          }
        } finally {
          await texts.return(undefined as never)
        }
      } catch (error) {
        limits.signal.throwIfAborted()
        const failure = toAiError(error, selection)
        this.#log(selection, failure.message, tries)
        const mayRetry = !hasText && tries < MAX_TRIES
        const next = isServerGone(error) ? await this.#afterFailure(selection, limits, mayRetry) : undefined
        if (!mayRetry) throw failure
        const isOther = next !== undefined && selectionId(next) !== selectionId(selection)
        if (!isOther) {
          const wait = retryAfterMs(error) ?? RETRY_DELAY_MS
          if (!failure.isRetryable || wait > MAX_RETRY_DELAY_MS) throw failure
          limits.pause()
          await limits.race(setTimeout(wait, undefined, { signal: limits.signal }))
        }
        selection = next ?? selection
      }
    }
  }

  async generateText(request: Omit<TextRequest, 'onEnd'>): Promise<TextResult> {
    let end: TextEnd | undefined
    const pieces = await Array.fromAsync(this.streamText({ ...request, onEnd: (value) => (end = value) }))
    if (!end) throw new AiError('ai-unavailable', 'The answer has no end. Try again.', { isRetryable: true })
    return { ...end, text: pieces.join('') }
  }

  generateObject<Schema extends StandardSchemaV1>(
    request: ObjectRequest<Schema>,
  ): Promise<ObjectResult<StandardSchemaV1.InferOutput<Schema>>> {
    return generateObject(this, request)
  }

  async models(): Promise<readonly ModelChoice[]> {
    const { id } = await this.model()
    return [{ id, isDefault: true, isCurrent: true }]
  }

  async choose(): Promise<void> {
    throw new AiError('ai-refused', 'There is only one model to choose.')
  }

  async abilities(): Promise<AiAbilities> {
    return {}
  }

  async usage(): Promise<AiUsageReport> {
    return { currency: 'USD', lines: [] }
  }

  async embed(): Promise<EmbedResult> {
    throw new AiError('ai-misconfigured', 'There is no model that embeds texts.')
  }

  async transcribe(): Promise<TranscribeResult> {
    throw new AiError('ai-misconfigured', 'There is no model that transcribes speech.')
  }

  async speak(): Promise<SpeakResult> {
    throw new AiError('ai-misconfigured', 'There is no model that speaks.')
  }

  /** What `auto` finds now that its pick failed; `undefined` when the model is fixed or nothing can be found. */
  async #afterFailure(
    failed: Selection,
    limits: RequestLimits,
    mayRetry: boolean,
  ): Promise<Selection | undefined> {
    if (!this.#options.selector.forget(failed) || !mayRetry) return undefined
    try {
      return await limits.race(this.#options.selector.select())
    } catch {
      limits.signal.throwIfAborted()
      return undefined
    }
  }

  #log(selection: Selection, message: string, tries: number): void {
    this.#options.logger.warn('The language model failed.', {
      model: selectionId(selection),
      error: message,
      try: tries,
    })
  }
}
