import { setTimeout } from 'node:timers/promises'
import type { AiError, AiUsage } from '@pluggram/sdk'
import type { AiTimeouts, ModelCounts } from './ai-options.ts'
import { errorName } from '@pluggram/sdk/runtime'
import type { Step } from '@pluggram/sdk/runtime'
import type { CallMeter } from './budget/call-meter.ts'
import type { CoolDown } from './cool-down.ts'
import { estimatePromptTokens } from './budget/estimate-tokens.ts'
import { fitPrompt } from './fit-prompt.ts'
import { FirstWordTime } from './first-word-time.ts'
import { providerOptions } from './language-model.ts'
import { ModelAttempt } from './model-attempt.ts'
import { inputsOf } from './model-inputs.ts'
import type { ModelSelector } from './model-selector.ts'
import type { ModelWaits } from './model-waits.ts'
import { isServerGone, mayAnotherModelHelp, retryAfterMs, toAiError, wordsOf } from './provider-error.ts'
import { AttemptLimits } from './request-limits.ts'
import type { RequestLimits } from './request-limits.ts'
import type { CallOptions, SdkLanguageModel, StreamPart } from './sdk-language-model.ts'
import { selectionId } from './selection.ts'
import type { Selection } from './selection.ts'

const MAX_TRIES = 2
const RETRY_DELAY_MS = 500
/** A shorter wait for other requests is not worth a word. */
const SHOWN_WAIT_MS = 10
/** A provider that asks for a longer delay is not retried: nobody would wait that long. */
const MAX_RETRY_DELAY_MS = 5_000

export interface GuardedModelOptions {
  /** The candidate models, in the order they are asked. */
  readonly chain: readonly ModelSelector[]
  /** The model that answers once a budget is used up. */
  readonly atLimit?: ModelSelector | undefined
  /** Creates the client of a model. */
  readonly createModel: (selection: Selection) => SdkLanguageModel
  readonly limits: RequestLimits
  readonly timeouts: AiTimeouts
  readonly meter: CallMeter
  readonly coolDown: CoolDown
  readonly waits: ModelWaits
  readonly counts: ModelCounts | undefined
  /** The step of the message's journey in which the request is made. */
  readonly step?: Step | undefined
  /**
   * Called for each model that fails, as `onSuccess` is for each that answers, with its configured
   * name. `words` are the provider's own words about it, short and without secrets.
   */
  onFailure(wanted: string, failure: AiError, words?: string): void
  onSuccess(wanted: string): void
}

/**
 * The assistant's model as the AI SDK sees it. It adds the owner's fallback chain, timeouts and
 * budgets to every call. One request may make several calls, for example with tools in between.
 */
export class GuardedModel implements SdkLanguageModel {
  readonly specificationVersion = 'v4'
  readonly provider = 'pluggram'
  readonly modelId = 'guarded'
  readonly supportedUrls = {}
  readonly #options: GuardedModelOptions
  #selection: Selection | undefined
  #usage: AiUsage = { inputTokens: 0, outputTokens: 0, money: 0 }

  constructor(options: GuardedModelOptions) {
    this.#options = options
  }

  /** The model that answered last. */
  get selection(): Selection | undefined {
    return this.#selection
  }

  /** The usage of all calls so far. */
  get usage(): AiUsage {
    return this.#usage
  }

  async doGenerate(): Promise<never> {
    throw new TypeError('The assistant streams all answers; call doStream.')
  }

  async doStream(call: CallOptions): Promise<{ stream: ReadableStream<StreamPart> }> {
    const { chain, atLimit, coolDown } = this.#options
    try {
      return { stream: await this.#ask(coolDown.order(chain), call, false) }
    } catch (error) {
      const failure = toAiError(error, undefined)
      if (failure.code !== 'ai-limit' || !atLimit) throw error
      return { stream: await this.#ask([atLimit], call, true) }
    }
  }

  async #ask(
    chain: readonly ModelSelector[],
    call: CallOptions,
    isCheaper: boolean,
  ): Promise<ReadableStream<StreamPart>> {
    let failure: unknown
    const time = new FirstWordTime(this.#options.timeouts.firstTokenSeconds)
    for (const [index, selector] of chain.entries()) {
      try {
        return await this.#askOne(selector, call, { isCheaper, time, models: chain.length - index })
      } catch (error) {
        this.#options.limits.signal.throwIfAborted()
        if (!mayAnotherModelHelp(error)) throw error
        // report the first model's failure, since it is the one the owner prefers
        failure ??= error
      }
    }
    throw failure
  }

  async #askOne(selector: ModelSelector, call: CallOptions, turn: Turn): Promise<ReadableStream<StreamPart>> {
    const { limits } = this.#options
    const { time, models } = turn
    let selection = await this.#select(selector, turn)
    for (let tries = 1; ; tries++) {
      try {
        const stream = await this.#attempt(selection, call, { ...turn, wanted: selector.wanted })
        this.#selection = selection
        this.#options.coolDown.clear(selector)
        this.#options.onSuccess(selector.wanted)
        return stream
      } catch (error) {
        limits.signal.throwIfAborted()
        const failure = this.#fail(selector, selection, error)
        const mayRetry = models === 1 && tries < MAX_TRIES && time.isLeft
        const other = await this.#another(selector, selection, error, mayRetry)
        if (!mayRetry) throw failure
        if (!other) {
          const wait = retryAfterMs(error) ?? RETRY_DELAY_MS
          if (!mayAskAgain(failure) || wait > MAX_RETRY_DELAY_MS) throw failure
          const pause = this.#options.step?.begin('retry', selectionId(selection), { error: failure.code })
          await limits.race(setTimeout(wait, undefined, { signal: limits.signal }))
          pause?.end()
        }
        selection = other ?? selection
      }
    }
  }

  /**
   * Selecting the model counts towards the same timeout, because a server may hang then as well.
   */
  async #select(selector: ModelSelector, { time, models }: Turn): Promise<Selection> {
    const { limits, timeouts } = this.#options
    const end = time.begin()
    using attempt = new AttemptLimits({ ...timeouts, firstTokenSeconds: time.share(models) }, limits.signal)
    try {
      return await attempt.race(selector.select())
    } catch (error) {
      this.#options.limits.signal.throwIfAborted()
      this.#options.onFailure(selector.wanted, toAiError(error, undefined))
      this.#options.coolDown.start(selector)
      throw error
    } finally {
      end()
    }
  }

  async #attempt(
    selection: Selection,
    call: CallOptions,
    { isCheaper, time, models, wanted }: Turn & { readonly wanted: string },
  ): Promise<ReadableStream<StreamPart>> {
    const { limits, timeouts, meter, createModel, waits, counts } = this.#options
    const step = this.#options.step?.begin('model', selectionId(selection))
    const inputTokens = estimatePromptTokens(call.prompt, call.tools)
    const model = createModel(selection)
    const queuedAt = performance.now()
    // not raced: a reservation must always be settled
    const reservation = await meter
      .reserve({ selection, inputTokens, maxOutputTokens: call.maxOutputTokens, isCheaper }, limits.signal)
      .catch((error: unknown) => {
        step?.end('failed', { error: errorName(error) })
        throw error
      })
    const queuedMs = Math.round(performance.now() - queuedAt)
    if (queuedMs >= SHOWN_WAIT_MS) step?.note({ queuedMs })
    const attempt = new ModelAttempt({
      selection,
      model,
      limits: new AttemptLimits({ ...timeouts, firstTokenSeconds: time.share(models) }, limits.signal),
      reservation,
      inputTokens,
      step,
      onEnd: (usage) => (this.#usage = add(this.#usage, usage)),
    })
    const { maxOutputTokens } = reservation
    const end = time.begin()
    const wait = waits.begin(wanted)
    const askedAt = performance.now()
    const count = (outcome: 'ok' | 'timeout' | 'failed'): void =>
      counts?.modelAsked(selectionId(selection), outcome, (performance.now() - askedAt) / 1_000)
    try {
      const stream = await attempt.open({
        ...call,
        prompt: fitPrompt(call.prompt, inputsOf(selection)),
        ...(maxOutputTokens !== undefined && { maxOutputTokens }),
        providerOptions: { ...call.providerOptions, ...providerOptions(selection) },
      })
      wait.end('answered')
      count('ok')
      return stream
    } catch (error) {
      const isLate = !limits.signal.aborted && toAiError(error, selection).code === 'ai-timeout'
      wait.end(isLate ? 'timed out' : 'failed')
      // whoever asked may have gone away; that is no fault of the model
      if (!limits.signal.aborted) count(isLate ? 'timeout' : 'failed')
      throw error
    } finally {
      end()
    }
  }

  #fail(selector: ModelSelector, selection: Selection, error: unknown): AiError {
    const failure = toAiError(error, selection)
    if (failure.code !== 'ai-limit' && failure.code !== 'ai-busy' && failure.code !== 'ai-unowned') {
      this.#options.onFailure(selector.wanted, failure, wordsOf(error))
      if (mayAnotherModelHelp(failure)) this.#options.coolDown.start(selector, retryAfterMs(error))
    }
    return failure
  }

  /**
   * What `auto` finds after its choice failed; `undefined` when the model is fixed or is found
   * again.
   */
  async #another(
    selector: ModelSelector,
    failed: Selection,
    error: unknown,
    mayRetry: boolean,
  ): Promise<Selection | undefined> {
    if (!isServerGone(error) || !selector.forget(failed) || !mayRetry) return undefined
    const { limits } = this.#options
    try {
      const found = await limits.race(selector.select())
      return selectionId(found) === selectionId(failed) ? undefined : found
    } catch {
      limits.signal.throwIfAborted()
      return undefined
    }
  }
}

/** One model's turn in a chain. */
interface Turn {
  /** True when it answers because a budget is used up. */
  readonly isCheaper: boolean
  /** The time shared by all models of the chain. */
  readonly time: FirstWordTime
  /** How many models may still be asked, including this one. */
  readonly models: number
}

/** Timeouts and a full queue are not retried: the user has already waited once. */
function mayAskAgain({ isRetryable, code }: AiError): boolean {
  return isRetryable && code !== 'ai-timeout' && code !== 'ai-busy'
}

function add(total: AiUsage, { inputTokens, outputTokens, money }: AiUsage): AiUsage {
  return {
    inputTokens: total.inputTokens + inputTokens,
    outputTokens: total.outputTokens + outputTokens,
    ...(money !== undefined && total.money !== undefined && { money: total.money + money }),
  }
}
