import { AiError } from '@pluggram/sdk'
import type { AiUsage } from '@pluggram/sdk'
import type { CallReservation, CallUsage } from './budget/call-meter.ts'
import { estimateTextTokens } from './budget/estimate-tokens.ts'
import type { SdkLanguageModel } from './language-model.ts'
import { toAiError } from './provider-error.ts'
import type { AttemptLimits } from './request-limits.ts'
import type { Selection } from './selection.ts'

export type CallOptions = Parameters<SdkLanguageModel['doStream']>[0]
export type StreamPart =
  Awaited<ReturnType<SdkLanguageModel['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never
type FinishPart = Extract<StreamPart, { type: 'finish' }>

/** Nobody reads an answer longer than this, thoughts included. */
const MAX_CHARACTERS = 1_000_000
/** Parts before the first word, such as thoughts, that are held back until it is certain that this model answers. */
const MAX_HELD_PARTS = 50_000

export interface ModelAttemptOptions {
  readonly selection: Selection
  readonly model: SdkLanguageModel
  readonly limits: AttemptLimits
  readonly reservation: CallReservation
  /** Counted for the question when the provider does not count. */
  readonly inputTokens: number
  onEnd(usage: AiUsage): void
}

/**
 * One model's try at one answer. Until its first word nothing leaves it, so that another model may answer in its place;
 * from there on its parts pass through as they come. However it ends, it is settled once.
 *
 *   open ──(thoughts are held)──▶ first word or tool call ──▶ parts pass ──▶ finish │ error │ abort │ reader leaves
 *     └─ fault before that: the next model is asked
 */
export class ModelAttempt {
  readonly #options: ModelAttemptOptions
  readonly #held: StreamPart[] = []
  #reader: ReadableStreamDefaultReader<StreamPart> | undefined
  #characters = 0
  #hasAnswered = false
  #isSettled = false

  constructor(options: ModelAttemptOptions) {
    this.#options = options
    const { signal } = options.limits
    signal.addEventListener('abort', () => this.#end(this.#estimate()), { once: true })
  }

  /**
   * Waits for the first word.
   * @throws whatever the model, its server or a limit threw
   */
  async open(call: CallOptions): Promise<ReadableStream<StreamPart>> {
    const { model, limits, selection } = this.#options
    try {
      const { stream } = await limits.race(model.doStream({ ...call, abortSignal: limits.signal }))
      this.#reader = stream.getReader()
      for (;;) {
        const part = await this.#read()
        if (!part) throw brokenOff(selection)
        this.#held.push(part)
        if (this.#hasAnswered || this.#held.length > MAX_HELD_PARTS) return this.#rest()
      }
    } catch (error) {
      this.#end(this.#characters > 0 || limits.signal.aborted ? this.#estimate() : NOTHING)
      throw error
    }
  }

  #rest(): ReadableStream<StreamPart> {
    const { limits, selection } = this.#options
    let isFinished = false
    return new ReadableStream<StreamPart>(
      {
        start: (controller) => {
          for (const part of this.#held.splice(0)) controller.enqueue(part)
        },
        pull: async (controller) => {
          try {
            const part = await this.#read()
            if (!part) {
              if (!isFinished) throw brokenOff(selection)
              this.#end(this.#estimate())
              return controller.close()
            }
            isFinished ||= part.type === 'finish'
            controller.enqueue(part)
            // what a model leaves open after its last part is of no interest
            if (isFinished) controller.close()
          } catch (error) {
            // the end aborts the limits: their reason counts only if it came first
            const reason: unknown = limits.signal.aborted ? limits.signal.reason : toAiError(error, selection)
            this.#end(this.#estimate())
            controller.error(reason)
          }
        },
        cancel: () => this.#end(this.#estimate()),
      },
      { highWaterMark: 0 },
    )
  }

  async #read(): Promise<StreamPart | undefined> {
    const { limits, selection } = this.#options
    if (!this.#reader) throw new Error('read before open')
    limits.await()
    for (;;) {
      // a stream that ignores its signal must not hold us
      const { done, value: part } = await limits.race(this.#reader.read())
      // giving up closes the stream, which looks like its end
      if (done) limits.signal.throwIfAborted()
      if (done) return undefined
      if (part.type === 'error') throw part.error
      if (part.type === 'finish') this.#checkFinish(part)
      this.#look(part)
      if (this.#characters > MAX_CHARACTERS) throw tooLong(selection)
      if (part.type !== 'ping' && part.type !== 'raw') return part
    }
  }

  /** Some providers' streams that are cut off look like an end of which no reason was told. */
  #checkFinish(part: FinishPart): void {
    const { selection } = this.#options
    if (!this.#hasAnswered) throw emptyAnswer(part, selection)
    const { unified, raw } = part.finishReason
    if (unified === 'interrupted' && raw === undefined) throw brokenOff(selection)
  }

  #look(part: StreamPart): void {
    const { limits } = this.#options
    switch (part.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
        this.#characters += part.delta.length
        if (part.delta !== '') limits.heard()
        this.#hasAnswered ||= part.type !== 'reasoning-delta' && part.delta !== ''
        return
      case 'tool-input-start':
      case 'tool-call':
      case 'file':
        limits.heard()
        this.#hasAnswered = true
        return
      case 'finish':
        limits.heard()
        this.#end(this.#counted(part))
        return
      default:
    }
  }

  /** What the provider counted; what it left out is estimated. */
  #counted({ usage }: FinishPart): CallUsage {
    const estimate = this.#estimate()
    return {
      inputTokens: usage.inputTokens.total ?? estimate.inputTokens,
      cachedInputTokens: usage.inputTokens.cacheRead ?? 0,
      outputTokens: usage.outputTokens.total ?? estimate.outputTokens,
    }
  }

  #estimate(): CallUsage {
    return {
      inputTokens: this.#options.inputTokens,
      cachedInputTokens: 0,
      outputTokens: estimateTextTokens(this.#characters),
    }
  }

  #end(usage: CallUsage): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { limits, reservation, onEnd } = this.#options
    try {
      onEnd(reservation.settle(usage))
    } finally {
      limits[Symbol.dispose]()
      // not awaited: a source that hangs in read() hangs in cancel() too
      this.#reader?.cancel().catch(() => {})
    }
  }
}

const NOTHING: CallUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }

function brokenOff({ label, model }: Selection): AiError {
  return new AiError('ai-unavailable', `${model} at ${label} broke off its answer. Try again.`, {
    isRetryable: true,
  })
}

function tooLong({ label, model }: Selection): AiError {
  return new AiError('ai-unavailable', `${model} at ${label} sent more than anybody can read. Try again.`, {
    isRetryable: true,
  })
}

function emptyAnswer({ finishReason }: FinishPart, { label, model }: Selection): AiError {
  if (finishReason.unified === 'content-filter') {
    return new AiError('ai-filtered', `The content filter of ${label} stopped the answer. Try other words.`)
  }
  return new AiError('ai-unavailable', `${model} at ${label} sent an empty answer. Try again.`, {
    isRetryable: true,
  })
}
