import { AiError } from '@pluggram/sdk'
import type {
  AiAbilities,
  AiRequest,
  AiUsage,
  EmbedRequest,
  EmbedResult,
  SpeakRequest,
  SpeakResult,
  TranscribeRequest,
  TranscribeResult,
} from '@pluggram/sdk'
import { currentStep, errorName, inStep } from '@pluggram/sdk/runtime'
import type { CallMeter, CallUsage } from './budget/call-meter.ts'
import { estimateTextTokens } from './budget/estimate-tokens.ts'
import {
  createEmbeddingModel,
  createSpeechModel,
  createTranscriptionModel,
  findOtherModel,
} from './other-models.ts'
import type { Ability, FindOptions } from './other-models.ts'
import { toAiError } from './provider-error.ts'
import { RequestLimits } from './request-limits.ts'
import { selectionId } from './selection.ts'
import type { Selection } from './selection.ts'
import type { AiTimeouts } from './ai-options.ts'
import type { Fetch } from './bounded-fetch.ts'
import { aiSdk } from './ai-sdk.ts'

const MAX_TEXTS = 1_000
const MAX_AUDIO_BYTES = 25 * 1_048_576
const MAX_SPOKEN_CHARACTERS = 4_096
/** Approximate size of a minute of a Telegram voice message. */
const BYTES_PER_MINUTE = 240_000
/** The search is repeated after this time, so that a server started later is found. */
const LOOK_AGAIN_MS = 60_000

export interface OtherCallsOptions {
  readonly find: Omit<FindOptions, 'wanted'>
  readonly wanted: Readonly<Record<Ability, string>>
  readonly voice: string | undefined
  readonly timeouts: AiTimeouts
  /** Makes the requests. */
  readonly fetch: Fetch
  /** Aborted when the assistant stops. */
  readonly signal: AbortSignal
}

/** Embeds, transcribes and speaks. */
export class OtherCalls {
  #options: OtherCallsOptions
  readonly #found = new Map<
    Ability,
    { readonly selection: Promise<Selection | undefined>; readonly at: number }
  >()

  constructor(options: OtherCallsOptions) {
    this.#options = options
  }

  /** Uses other keys or servers from the next call on. */
  renew(changed: Pick<FindOptions, 'settings' | 'environment'>): void {
    this.#options = { ...this.#options, find: { ...this.#options.find, ...changed } }
    this.#found.clear()
  }

  async abilities(): Promise<AiAbilities> {
    const entries = await Promise.all(
      (['embed', 'transcribe', 'speak'] as const).map(async (ability) => {
        // a misconfigured model counts as missing here
        const selection = await this.#find(ability).catch(() => undefined)
        return [ability, selection && selectionId(selection)] as const
      }),
    )
    return Object.fromEntries(entries.filter(([, id]) => id !== undefined))
  }

  async embed({ texts, ...request }: EmbedRequest, meter: CallMeter): Promise<EmbedResult> {
    if (texts.length > MAX_TEXTS) throw refused(`At most ${MAX_TEXTS} texts can be embedded at once.`)
    const characters = texts.reduce((sum, text) => sum + text.length, 0)
    const estimate = { ...NOTHING, inputTokens: estimateTextTokens(characters) }
    return this.#call('embed', { request, meter, estimate }, async (selection, signal) => {
      const { embeddings, usage } = await aiSdk().embedMany({
        model: createEmbeddingModel(selection, this.#options.fetch),
        values: [...texts],
        maxRetries: 1,
        abortSignal: signal,
      })
      const tokens = Number.isFinite(usage.tokens) ? usage.tokens : estimate.inputTokens
      return {
        used: { ...NOTHING, inputTokens: tokens },
        finish: (spent) => ({ model: selectionId(selection), vectors: embeddings, usage: spent }),
      }
    })
  }

  async transcribe({ audio, ...request }: TranscribeRequest, meter: CallMeter): Promise<TranscribeResult> {
    if (audio.byteLength > MAX_AUDIO_BYTES) throw refused('The recording is larger than 25 MB.')
    const estimate = { ...NOTHING, minutes: audio.byteLength / BYTES_PER_MINUTE }
    return this.#call('transcribe', { request, meter, estimate }, async (selection, signal) => {
      const result = await aiSdk().transcribe({
        model: createTranscriptionModel(selection, this.#options.fetch),
        audio,
        maxRetries: 1,
        abortSignal: signal,
      })
      const seconds = result.durationInSeconds
      return {
        used: seconds === undefined ? estimate : { ...NOTHING, minutes: seconds / 60 },
        finish: () => ({
          model: selectionId(selection),
          text: result.text,
          ...(result.language !== undefined && { language: result.language }),
          ...(seconds !== undefined && { seconds }),
        }),
      }
    })
  }

  async speak({ text, voice, ...request }: SpeakRequest, meter: CallMeter): Promise<SpeakResult> {
    if (text.length > MAX_SPOKEN_CHARACTERS)
      throw refused(`At most ${MAX_SPOKEN_CHARACTERS} characters can be spoken at once.`)
    const estimate = { ...NOTHING, characters: text.length }
    const spokenBy = voice ?? this.#options.voice
    return this.#call('speak', { request, meter, estimate }, async (selection, signal) => {
      const { audio } = await aiSdk().generateSpeech({
        model: createSpeechModel(selection, this.#options.fetch),
        text,
        outputFormat: 'opus',
        ...(spokenBy !== undefined && { voice: spokenBy }),
        maxRetries: 1,
        abortSignal: signal,
      })
      const mediaType = isOgg(audio.uint8Array) ? 'audio/ogg' : audio.mediaType
      return {
        used: estimate,
        finish: () => ({ model: selectionId(selection), audio: audio.uint8Array, mediaType }),
      }
    })
  }

  async #call<Result>(
    ability: Ability,
    { request, meter, estimate }: { request: AiRequest; meter: CallMeter; estimate: CallUsage },
    work: (
      selection: Selection,
      signal: AbortSignal,
    ) => Promise<{ used: CallUsage; finish: (spent: AiUsage) => Result }>,
  ): Promise<Result> {
    using limits = new RequestLimits(this.#options.timeouts, [request.signal, this.#options.signal])
    const selection = await limits.race(this.#find(ability))
    if (!selection) throw new AiError('ai-misconfigured', MISSING[ability])
    // not raced: a reservation must always be settled
    const reservation = await meter.reserve(
      { selection, ...estimate, maxOutputTokens: 0, isCheaper: false },
      limits.signal,
    )
    let used: CallUsage = NOTHING
    let finish: ((spent: AiUsage) => Result) | undefined
    let spent: AiUsage
    const step = currentStep()?.begin('model', selectionId(selection), { operation: ability })
    try {
      const outcome = await inStep(step, () => limits.race(work(selection, limits.signal)))
      ;({ used, finish } = outcome)
    } catch (error) {
      step?.note({ error: errorName(error) })
      // aborted mid-request: the provider may have done the work, so charge the estimate
      if (limits.signal.aborted) used = estimate
      limits.signal.throwIfAborted()
      throw toAiError(error, selection)
    } finally {
      spent = reservation.settle(used)
      step?.end(finish ? undefined : 'failed', { ...spent })
    }
    return finish(spent)
  }

  #find(ability: Ability): Promise<Selection | undefined> {
    const known = this.#found.get(ability)
    if (known && performance.now() - known.at < LOOK_AGAIN_MS) return known.selection
    const selection = findOtherModel(ability, {
      ...this.#options.find,
      wanted: this.#options.wanted[ability],
    })
    this.#found.set(ability, { selection, at: performance.now() })
    // a failed search is repeated immediately
    selection.catch(() => this.#found.delete(ability))
    return selection
  }
}

const NOTHING: CallUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }

const MISSING: Readonly<Record<Ability, string>> = {
  embed: 'There is no model that turns texts into numbers. Name one in config.json: ai.embedding_model.',
  transcribe: 'There is no model that understands speech. Name one in config.json: ai.transcription_model.',
  speak: 'There is no model that speaks. Name one in config.json: ai.speech_model.',
}

function refused(message: string): AiError {
  return new AiError('ai-refused', message)
}

/** Whether the bytes start with the Ogg signature. */
function isOgg(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'OggS'
}
