import type { SdkLanguageModel, StreamPart } from '../sdk-language-model.ts'
import { AnswerText } from './answer-text.ts'
import type { Habits } from './model-habits.ts'
import { TaggedThoughts } from './tagged-thoughts.ts'
import type { Holding } from './tagged-thoughts.ts'

/** Names of models whose servers may send their thoughts without the opening tag. */
const REASONERS =
  /deepseek-?r1|[-_]r1\b|qwq|qwen-?3|think|reason|magistral|glm-?4\.[5-9]|glm-?5|minimax-?m|nemotron|exaone-deep|seed-oss|hunyuan|olmo-3|ernie|mimo|smollm3/i

export interface PlainAnswerOptions {
  /** What is known of the model. */
  readonly habits: Habits
  /**
   * How long the beginning of an answer is held back while nobody knows whether it is a thought. A
   * text that begins like one is held back until the model has been silent for so long.
   */
  readonly holdMs: number
}

/**
 * A model whose answers are nothing but answers: thoughts in the text are left out, and calls of
 * tools in the text become calls.
 */
export function withPlainAnswers(
  model: SdkLanguageModel,
  { habits, holdMs }: PlainAnswerOptions,
): SdkLanguageModel {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (call) => model.doGenerate(call),
    async doStream(call) {
      const { stream, ...rest } = await model.doStream(call)
      const names = (call.tools ?? []).map(({ name }) => name)
      const parts = new PlainAnswer({
        habits,
        holdMs,
        holding: holdingOf(habits, model.modelId),
        names,
      }).read(stream)
      return { ...rest, stream: ReadableStream.from<StreamPart>(parts) }
    },
  }
}

function holdingOf({ closesOnly }: Habits, model: string): Holding {
  if (closesOnly !== undefined) return closesOnly ? 'until-known' : 'never'
  return REASONERS.test(model) ? 'until-known' : 'shortly'
}

type Part = StreamPart & { readonly type: string }

interface HowToRead {
  readonly holding: Holding
  /** The names of the offered tools. */
  readonly names: readonly string[]
}

class PlainAnswer {
  readonly #habits: Habits
  readonly #holdMs: number
  readonly #thoughts: TaggedThoughts
  readonly #answer: AnswerText
  readonly #holding: Holding
  #id = 'text'
  #isOpen = false
  #holdUntil: number | undefined

  constructor({ habits, holdMs, holding, names }: PlainAnswerOptions & HowToRead) {
    this.#habits = habits
    this.#holdMs = holdMs
    this.#holding = holding
    this.#thoughts = new TaggedThoughts(holding)
    this.#answer = new AnswerText(names)
  }

  async *read(stream: ReadableStream<StreamPart>): AsyncGenerator<StreamPart> {
    const reader = stream.getReader()
    try {
      let next = reader.read()
      for (;;) {
        const result = await this.#orTimer(next)
        if (result === 'late') {
          yield* this.#write(this.#thoughts.release())
          continue
        }
        if (result.done) return yield* this.#flush()
        yield* this.#part(result.value)
        next = reader.read()
      }
    } catch (error) {
      // whatever was held back is worth more than the error alone
      yield* this.#flush()
      throw error
    } finally {
      await reader.cancel().catch(() => {})
    }
  }

  /** Waits for the next part, but not for long while the beginning of an answer is held back. */
  async #orTimer<T>(next: Promise<T>): Promise<T | 'late'> {
    const { isHolding, seemsToThink } = this.#thoughts
    if (this.#holding !== 'shortly' || !isHolding) return next
    this.#holdUntil ??= performance.now() + this.#holdMs
    const left = seemsToThink ? this.#holdMs : this.#holdUntil - performance.now()
    if (left <= 0) return 'late'
    const { promise, resolve } = Promise.withResolvers<'late'>()
    const timer = setTimeout(() => resolve('late'), left)
    try {
      return await Promise.race([next, promise])
    } finally {
      clearTimeout(timer)
    }
  }

  *#part(part: Part): Generator<StreamPart> {
    switch (part.type) {
      case 'text-start':
        this.#id = part.id
        return
      case 'text-end':
        return
      case 'text-delta':
        yield* this.#write(this.#thoughts.push(part.delta))
        // tells that the model is at work
        if (this.#thoughts.isHolding) yield { type: 'raw', rawValue: undefined }
        return
      case 'tool-call': {
        const [first = part.input, ...others] = readInputs(part.input)
        yield { ...part, input: first }
        for (const input of others) yield { ...part, toolCallId: callId(), input }
        return
      }
      case 'finish': {
        const count = yield* this.#flush()
        this.#learn()
        yield count > 0 ? { ...part, finishReason: { ...part.finishReason, unified: 'tool-calls' } } : part
        return
      }
      case 'error':
        yield* this.#flush()
        yield part
        return
      default:
        yield part
    }
  }

  *#write(text: string): Generator<StreamPart> {
    yield* this.#deltas(this.#answer.push(text))
  }

  *#deltas(delta: string): Generator<StreamPart> {
    if (delta === '') return
    if (!this.#isOpen) yield { type: 'text-start', id: this.#id }
    this.#isOpen = true
    yield { type: 'text-delta', id: this.#id, delta }
  }

  /** Writes what was held back. @returns the number of calls in it */
  *#flush(): Generator<StreamPart, number> {
    yield* this.#write(this.#thoughts.end())
    const { text, calls } = this.#answer.end()
    yield* this.#deltas(text)
    if (this.#isOpen) yield { type: 'text-end', id: this.#id }
    this.#isOpen = false
    for (const { name, args } of calls) {
      yield { type: 'tool-call', toolCallId: callId(), toolName: name, input: JSON.stringify(args) }
    }
    return calls.length
  }

  #learn(): void {
    this.#habits.closesOnly = this.#thoughts.hasLoneClose
  }
}

function callId(): string {
  return `call-${crypto.randomUUID().slice(0, 8)}`
}

/**
 * The arguments of a call. Some servers put those of several calls behind each other, or write the
 * JSON as a JSON string. What cannot be read stays as it is.
 */
function readInputs(input: string): readonly string[] {
  const whole = parse(input)
  if (typeof whole === 'string') return [typeof parse(whole) === 'object' ? whole : input]
  if (whole !== undefined) return [input]
  const pieces = input.split(/(?<=\})\s*(?=\{)/)
  return pieces.length > 1 && pieces.every((piece) => parse(piece) !== undefined) ? pieces : [input]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
