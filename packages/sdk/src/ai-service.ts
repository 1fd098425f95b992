import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AiUsageReport } from './ai-usage.ts'
import { z } from 'zod'
import type { ToolUse } from './tool-use.ts'

/** A file that the model is to look at or listen to. */
export interface ModelFile {
  /** For example `image/jpeg`, `application/pdf`, `audio/ogg`. */
  readonly mediaType: string
  readonly data: Uint8Array
  readonly name?: string
}

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
  /**
   * What the user sent with the text. Only for models that take it: see `ModelDescription.takes`.
   */
  readonly files?: readonly ModelFile[]
}

/** Kinds of files that models take: `documents` are PDF. */
export type ModelInput = 'images' | 'documents' | 'audio'

/** The language model that answers. */
export interface ModelDescription {
  /** `provider:model`, for example `openai:gpt-5-mini`. */
  readonly id: string
  /** True for the built-in demo model, which matches help texts and is no large language model. */
  readonly isDemo: boolean
  /** Files that may stand beside text. Empty when nobody can tell. */
  readonly takes?: readonly ModelInput[]
}

/** A model that may be chosen for a chat or a user. */
export interface ModelChoice {
  /** `provider:model`; give it to `choose`. */
  readonly id: string
  /** Answers when nothing was chosen. */
  readonly isDefault: boolean
  /** Answers the subject that was asked about. */
  readonly isCurrent: boolean
}

/**
 * For whom the model works; a message's context is one (`for: context`). It decides which model
 * answers and whose budget pays. A plugin in a process of its own can only name the chat and user
 * of a message that it was given: any other is left out, and the call counts for the plugin alone.
 */
export interface AiSubject {
  readonly chat?: { readonly id: number }
  readonly user?: { readonly id: number }
}

/** What every request may carry. */
export interface AiRequest {
  readonly for?: AiSubject
  /** Ends the request, also while text is streaming. */
  readonly signal?: AbortSignal
}

/** What a request took. */
export interface AiUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** In the currency of the owner's prices; absent when the model has no price. */
  readonly money?: number
}

/** What is known when an answer is complete. */
export interface TextEnd {
  /** The model that answered: after a fallback another one than the first. */
  readonly model: string
  readonly usage: AiUsage
  /**
   * `length`: the answer reached `maxOutputTokens` and is cut short; `filtered`: the provider's
   * filter ended it.
   */
  readonly reason: 'stop' | 'length' | 'filtered' | 'other'
}

export interface TextRequest extends AiRequest, ToolUse {
  /** How the model should behave. */
  readonly system?: string
  /** The conversation, oldest first; the last one is the user's. */
  readonly messages: readonly ChatMessage[]
  /** The longest answer, in tokens. Default: the owner's setting, or what the model gives. */
  readonly maxOutputTokens?: number
  /** Told once when a streamed answer came to its end; not after a failure. */
  readonly onEnd?: (end: TextEnd) => void
}

export interface TextResult extends TextEnd {
  readonly text: string
}

export interface ObjectRequest<Schema extends StandardSchemaV1 = StandardSchemaV1> extends Omit<
  TextRequest,
  'onEnd' | keyof ToolUse
> {
  /**
   * What the answer must look like: an object schema that can be written as JSON Schema (Zod can).
   */
  readonly schema: Schema
}

export interface ObjectResult<Value> extends TextEnd {
  readonly object: Value
}

export interface EmbedRequest extends AiRequest {
  /** At most 1,000. */
  readonly texts: readonly string[]
}

export interface EmbedResult {
  readonly model: string
  /** One for each text, in order; all of one length. */
  readonly vectors: readonly (readonly number[])[]
  readonly usage: AiUsage
}

export interface TranscribeRequest extends AiRequest {
  /** A recording of at most 25 MB, such as the bytes of a voice message. */
  readonly audio: Uint8Array
}

export interface TranscribeResult {
  readonly model: string
  readonly text: string
  /** What was spoken, as an ISO 639-1 code, when the model says so. */
  readonly language?: string
  readonly seconds?: number
}

export interface SpeakRequest extends AiRequest {
  /** At most 4,096 characters. */
  readonly text: string
  /** One of the model's voices. Default: the owner's setting, or the model's own. */
  readonly voice?: string
}

export interface SpeakResult {
  readonly model: string
  /** Ogg with Opus where the model can, so that it can be sent as a voice message. */
  readonly audio: Uint8Array
  readonly mediaType: string
}

/**
 * Models for other things than conversations, as `provider:model`; what is absent nobody can do.
 */
export interface AiAbilities {
  readonly embed?: string
  readonly transcribe?: string
  readonly speak?: string
}

/**
 * The assistant's models. Every call throws `AiError`: `ai-unavailable` and `ai-timeout` may pass,
 * `ai-refused`, `ai-too-long` and `ai-filtered` will not with the same request, `ai-misconfigured`
 * is the owner's to mend, `ai-limit` is a budget that is used up, `ai-busy` too many requests of
 * one user at once.
 */
export interface AiService {
  /** The model that answers the subject, or everybody. */
  model(subject?: AiSubject): Promise<ModelDescription>
  /** The models that may be chosen: those of `ai.choices`, the default first. */
  models(subject?: AiSubject): Promise<readonly ModelChoice[]>
  /**
   * Chooses a model for a chat, or for a user in all chats that have none; `null` goes back to the
   * default. It is kept over restarts. Whether somebody may choose is for the caller to decide.
   * @throws AiError `ai-refused` when `ai.choices` does not list the model, or the subject is not
   * one chat or one user
   */
  choose(id: string | null, subject: AiSubject): Promise<void>
  /** Which models there are for other things than conversations. */
  abilities(): Promise<AiAbilities>
  /** What was used in this day and month: overall, by this plugin, and by the subject. */
  usage(subject?: AiSubject): Promise<AiUsageReport>
  /**
   * Text as the model writes it. Leaving the loop early ends the request; errors come while
   * iterating.
   */
  streamText(request: TextRequest): AsyncIterable<string>
  /** The whole text at once. */
  generateText(request: Omit<TextRequest, 'onEnd' | keyof ToolUse>): Promise<TextResult>
  /**
   * An answer as data, validated.
   * @throws AiError `ai-unavailable` when the model's answer does not fit the schema
   */
  generateObject<Schema extends StandardSchemaV1>(
    request: ObjectRequest<Schema>,
  ): Promise<ObjectResult<StandardSchemaV1.InferOutput<Schema>>>
  /** Numbers for texts, close to each other for texts that mean alike. */
  embed(request: EmbedRequest): Promise<EmbedResult>
  /** Speech to text. */
  transcribe(request: TranscribeRequest): Promise<TranscribeResult>
  /** Text to speech. */
  speak(request: SpeakRequest): Promise<SpeakResult>
}

const conversation = () => ({
  system: z.string().exactOptional(),
  messages: z
    .array(
      z.object({
        role: z.enum(['user', 'assistant']),
        content: z.string(),
        files: z
          .array(
            z.object({
              mediaType: z.string().max(200),
              data: z.instanceof(Uint8Array),
              name: z.string().exactOptional(),
            }),
          )
          .max(100)
          .exactOptional(),
      }),
    )
    .max(10_000),
  maxOutputTokens: z.number().exactOptional(),
})

/** How a method of the AI service is called by a plugin in a process of its own. */
export interface AiMethodRow {
  readonly crosses: 'value' | 'stream'
  /**
   * What each argument may be; the schemas are made when they are first used. `subject` is an
   * `AiSubject`; an object is an `AiRequest`, whose `for` and `signal` cross by themselves and do
   * not stand here.
   */
  readonly args: readonly ('subject' | (() => z.ZodType))[]
}

/**
 * Every method of the AI service. A method that is added to `AiService` needs a row here and its
 * implementation in packages/ai; the process border, refusals, wrappers and test doubles come from
 * the rows.
 */
export const AI_METHODS = {
  model: { crosses: 'value', args: ['subject'] },
  models: { crosses: 'value', args: ['subject'] },
  choose: { crosses: 'value', args: [() => z.string().nullable(), 'subject'] },
  abilities: { crosses: 'value', args: [] },
  usage: { crosses: 'value', args: ['subject'] },
  streamText: {
    crosses: 'stream',
    args: [
      () =>
        z.object({
          ...conversation(),
          tools: z.boolean().exactOptional(),
          isUntrusted: z.boolean().exactOptional(),
          modelText: z.string().exactOptional(),
        }),
    ],
  },
  generateText: { crosses: 'value', args: [() => z.object(conversation())] },
  // the schema itself stays with the plugin; it crosses as JSON Schema
  generateObject: {
    crosses: 'value',
    args: [() => z.object({ ...conversation(), jsonSchema: z.record(z.string(), z.unknown()) })],
  },
  embed: { crosses: 'value', args: [() => z.object({ texts: z.array(z.string()) })] },
  transcribe: { crosses: 'value', args: [() => z.object({ audio: z.instanceof(Uint8Array) })] },
  speak: {
    crosses: 'value',
    args: [() => z.object({ text: z.string(), voice: z.string().exactOptional() })],
  },
} as const satisfies { readonly [Method in keyof AiService]: AiMethodRow }

/** Makes an AI service whose methods all do what `make` gives for their name. */
export function createAiService(make: (method: keyof AiService) => unknown): AiService {
  const methods = Object.keys(AI_METHODS) as (keyof AiService)[]
  return Object.fromEntries(methods.map((method) => [method, make(method)])) as unknown as AiService
}
