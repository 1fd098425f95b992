import { AiError, isPluggramError } from '@pluggram/sdk'
import type { AiUsage } from '@pluggram/sdk'
import { inStep } from '@pluggram/sdk/runtime'
import type { Step } from '@pluggram/sdk/runtime'
import type { CallReservation, CallUsage } from './budget/call-meter.ts'
import { estimateTextTokens } from './budget/estimate-tokens.ts'
import { toAiError } from './provider-error.ts'
import type { AttemptLimits } from './request-limits.ts'
import type { CallOptions, SdkLanguageModel, StreamPart } from './sdk-language-model.ts'
import type { Selection } from './selection.ts'

type FinishPart = Extract<StreamPart, { type: 'finish' }>

/** Limit of an answer, including its reasoning. Nobody would read a longer one. */
const MAX_CHARACTERS = 1_000_000
/**
 * Limit of buffered parts, such as reasoning, that arrive before it is certain that this model
 * answers.
 */
const MAX_HELD_PARTS = 50_000
/** How often the usage so far is noted. */
const NOTE_MS = 1_000

export interface ModelAttemptOptions {
  readonly selection: Selection
  readonly model: SdkLanguageModel
  readonly limits: AttemptLimits
  readonly reservation: CallReservation
  /** Input tokens to assume when the provider does not report them. */
  readonly inputTokens: number
  /** The request in the message's journey. */
  readonly step?: Step | undefined
  onEnd(usage: AiUsage): void
}

/**
 * One model's attempt at one answer. Nothing is passed on before the first word, so that another
 * model can still take over. After that, parts pass through as they arrive. The reservation is
 * settled exactly once, however the attempt ends.
 *
 *   open ──(reasoning is held)──▶ first word or tool call ──▶ parts pass ──▶ finish │ error │ abort │ reader leaves
 *     └─ fault before that: the next model is asked
 */
export class ModelAttempt {
  readonly #options: ModelAttemptOptions
  readonly #held: StreamPart[] = []
  #reader: ReadableStreamDefaultReader<StreamPart> | undefined
  #characters = 0
  #notedAt = performance.now()
  #hasAnswered = false
  #isSettled = false
  #openedAt = 0
  /** Why it did not end well. */
  #failure: unknown

  constructor(options: ModelAttemptOptions) {
    this.#options = options
    const { signal } = options.limits
    signal.addEventListener('abort', () => this.#fail(signal.reason, this.#estimate()), { once: true })
  }

  /**
   * Waits for the first word.
   * @throws the error of the model, its server or a limit
   */
  async open(call: CallOptions): Promise<ReadableStream<StreamPart>> {
    const { model, limits, selection, step } = this.#options
    this.#openedAt = performance.now()
    try {
      const { stream } = await inStep(step, () =>
        limits.race(model.doStream({ ...call, abortSignal: limits.signal })),
      )
      this.#reader = stream.getReader()
      for (;;) {
        const part = await this.#read()
        if (!part) throw brokenOff(selection)
        this.#held.push(part)
        if (this.#hasAnswered || this.#held.length > MAX_HELD_PARTS) return this.#rest()
      }
    } catch (error) {
      this.#fail(error, this.#characters > 0 || limits.signal.aborted ? this.#estimate() : NOTHING)
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
            // parts after the last one are ignored
            if (isFinished) controller.close()
          } catch (error) {
            // ending aborts the limits, so their reason only counts if it came first
            const reason: unknown = limits.signal.aborted ? limits.signal.reason : toAiError(error, selection)
            this.#fail(reason, this.#estimate())
            controller.error(reason)
          }
        },
        cancel: (reason) => this.#fail(reason, this.#estimate()),
      },
      { highWaterMark: 0 },
    )
  }

  async #read(): Promise<StreamPart | undefined> {
    const { limits, selection } = this.#options
    if (!this.#reader) throw new Error('read before open')
    limits.await()
    for (;;) {
      // raced, because a stream may ignore its signal
      const { done, value: part } = await limits.race(this.#reader.read())
      // cancelling closes the stream, which looks like a normal end
      if (done) limits.signal.throwIfAborted()
      if (done) return undefined
      if (part.type === 'error') throw part.error
      if (part.type === 'finish') this.#checkFinish(part)
      this.#look(part)
      if (this.#characters > MAX_CHARACTERS) throw tooLong(selection)
      if (part.type !== 'ping' && part.type !== 'raw') return part
    }
  }

  /** With some providers a truncated stream looks like an end without a reason. */
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
        this.#note()
        if (part.type !== 'reasoning-delta' && part.delta !== '') this.#answers()
        return
      case 'raw':
        // text that may still turn out to be thoughts
        limits.heard()
        return
      case 'tool-input-start':
      case 'tool-call':
      case 'file':
        limits.heard()
        this.#answers()
        return
      case 'finish':
        limits.heard()
        this.#end(this.#counted(part))
        return
      default:
    }
  }

  #answers(): void {
    if (this.#hasAnswered) return
    this.#hasAnswered = true
    this.#options.step?.note({ firstWordMs: Math.round(performance.now() - this.#openedAt) })
  }

  #note(): void {
    const now = performance.now()
    if (this.#isSettled || now - this.#notedAt < NOTE_MS) return
    this.#notedAt = now
    this.#options.reservation.note(this.#estimate())
  }

  /** The usage the provider reported, with missing values estimated. */
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

  #fail(reason: unknown, usage: CallUsage): void {
    this.#failure ??= reason ?? new Error('the reader left')
    this.#end(usage)
  }

  /** How it ended, for the message's journey. A person who stops an answer is no fault of the model. */
  #outcome(): string | undefined {
    if (this.#failure === undefined) return undefined
    return this.#isStopped() ? 'stopped' : 'failed'
  }

  #errorFact(): { readonly error?: string } {
    if (this.#failure === undefined || this.#isStopped()) return {}
    return { error: toAiError(this.#failure, this.#options.selection).code }
  }

  #isStopped(): boolean {
    return this.#options.limits.signal.aborted && !isPluggramError(this.#failure)
  }

  #end(usage: CallUsage): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { limits, reservation, onEnd, step } = this.#options
    try {
      const spent = reservation.settle(usage)
      step?.end(this.#outcome(), { ...spent, ...this.#errorFact() })
      onEnd(spent)
    } finally {
      limits[Symbol.dispose]()
      // not awaited: a source that hangs in read() also hangs in cancel()
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
  return new AiError('ai-empty', `${model} at ${label} sent an empty answer. Try again.`, {
    isRetryable: true,
  })
}
