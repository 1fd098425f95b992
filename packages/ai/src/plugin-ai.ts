import { AiError } from '@pluggram/sdk'
import { currentStep } from '@pluggram/sdk/runtime'
import type {
  AiAbilities,
  AiService,
  AiSubject,
  AiUsageReport,
  ChatMessage,
  EmbedRequest,
  EmbedResult,
  ModelChoice,
  ModelDescription,
  ModelInput,
  ObjectRequest,
  ObjectResult,
  SpeakRequest,
  SpeakResult,
  StandardSchemaV1,
  TextEnd,
  TextRequest,
  TextResult,
  TranscribeRequest,
  TranscribeResult,
} from '@pluggram/sdk'
import type { AiCore } from './ai-core.ts'
import { generateObject } from './generate-object.ts'
import { GuardedModel } from './guarded-model.ts'
import { inputKind, inputsOf, picturesOf } from './model-inputs.ts'
import type { ModelSelector } from './model-selector.ts'
import { RequestLimits } from './request-limits.ts'
import { selectionId } from './selection.ts'
import { streamModel } from './stream-model.ts'
import type { StepRequest } from './tools/tool-step.ts'
import { createUsageReport } from './usage-report.ts'

/** The AI service of one plugin. */
export class PluginAi implements AiService {
  readonly #plugin: string
  readonly #core: AiCore

  constructor(plugin: string, core: AiCore) {
    this.#plugin = plugin
    this.#core = core
  }

  async model(subject: AiSubject = {}): Promise<ModelDescription> {
    const [selector] = this.#chain(subject)
    const selection = await selector.select()
    const takes = inputsOf(selection)
    return {
      id: selectionId(selection),
      isDemo: selection.api === 'demo',
      ...(takes.length > 0 && { takes }),
      ...(takes.includes('images') && { pictures: picturesOf(selection) }),
    }
  }

  async models(subject: AiSubject = {}): Promise<readonly ModelChoice[]> {
    const { choices, pool } = this.#core
    const [standard] = pool.defaults
    const current = choices.of(subject) ?? standard
    return choices.ids.map((id) => ({ id, isDefault: id === standard, isCurrent: id === current }))
  }

  async choose(id: string | null, subject: AiSubject): Promise<void> {
    await this.#core.choices.choose(id, subject)
  }

  async abilities(): Promise<AiAbilities> {
    return this.#core.otherCalls.abilities()
  }

  async usage(subject: AiSubject = {}): Promise<AiUsageReport> {
    const { ledger, budgets, prices, now } = this.#core
    const { currency } = prices()
    return createUsageReport({ plugin: this.#plugin, subject, ledger, budgets, currency, now: now() })
  }

  async *streamText(request: StepRequest): AsyncGenerator<string> {
    const { timeouts, createModel, coolDown, waits, counts, problems, signal } = this.#core
    const subject = request.for ?? {}
    using limits = new RequestLimits(timeouts, [request.signal, signal])
    const chain = await limits.race(takingFiles(this.#chain(subject), request.messages))
    const model = new GuardedModel({
      chain,
      atLimit: this.#core.atLimit,
      createModel,
      limits,
      timeouts,
      coolDown,
      waits,
      counts,
      step: currentStep(),
      meter: this.#core.meterFor(this.#plugin, subject),
      onFailure: (wanted, failure, words) => problems.failed(wanted, failure, words),
      onSuccess: (wanted) => problems.worked(wanted),
    })
    const texts = streamModel({ model, request, limits })
    for (let next = await texts.next(); ; next = await texts.next()) {
      if (next.done) return request.onEnd?.(next.value)
      yield next.value
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

  embed(request: EmbedRequest): Promise<EmbedResult> {
    return this.#core.otherCalls.embed(request, this.#core.meterFor(this.#plugin, request.for ?? {}))
  }

  transcribe(request: TranscribeRequest): Promise<TranscribeResult> {
    return this.#core.otherCalls.transcribe(request, this.#core.meterFor(this.#plugin, request.for ?? {}))
  }

  speak(request: SpeakRequest): Promise<SpeakResult> {
    return this.#core.otherCalls.speak(request, this.#core.meterFor(this.#plugin, request.for ?? {}))
  }

  #chain(subject: AiSubject): readonly [ModelSelector, ...ModelSelector[]] {
    return this.#core.pool.chain(this.#core.choices.of(subject))
  }
}

/**
 * The models of a chain that accept all files of a conversation.
 * @throws AiError `ai-refused` if none does
 */
async function takingFiles(
  chain: readonly ModelSelector[],
  messages: readonly ChatMessage[],
): Promise<readonly ModelSelector[]> {
  const types = messages.flatMap(({ files = [] }) => files.map(({ mediaType }) => mediaType))
  if (types.length === 0) return chain
  const kinds = new Set(types.map(inputKind))
  const taking: ModelSelector[] = []
  let first = ''
  for (const selector of chain) {
    const selection = await selector.select().catch(() => undefined)
    if (!selection) continue
    first ||= selectionId(selection)
    const takes: readonly (ModelInput | undefined)[] = inputsOf(selection)
    if ([...kinds].every((kind) => takes.includes(kind) && kind !== undefined)) taking.push(selector)
  }
  if (taking.length > 0 || first === '') return taking.length > 0 ? taking : chain
  const names = [...kinds].map((kind) => kind ?? 'files of that kind').join(' and ')
  throw new AiError(
    'ai-refused',
    `${first} takes no ${names}. Choose a model that does, or send words; for a server of your own see ai.providers.NAME.takes.`,
  )
}
