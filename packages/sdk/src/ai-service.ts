import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AiUsageReport } from './ai-usage.ts'
import { z } from 'zod'
import type { ToolUse } from './tool-use.ts'

/** A file for the model to look at or listen to. */
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
   * Files the user sent with the text. Only some models accept them: see `ModelDescription.takes`.
   */
  readonly files?: readonly ModelFile[]
  /**
   * True when it holds text that the user did not write here, or follows from such text: a file, a
   * forwarded message, an answer that used a web page. While it is in the conversation, a person
   * must approve what a tool changes. For an answer pass on `TextEnd.isForeign`. Default: true for
   * answers and for messages with files.
   */
  readonly isForeign?: boolean
}

/** Kinds of files that models accept. `documents` are PDFs. */
export type ModelInput = 'images' | 'documents' | 'audio'

/** Which pictures a model takes, as its provider says. Others are refused, with all of the request. */
export interface PictureLimits {
  /** Media types, for example `image/jpeg`. */
  readonly types: readonly string[]
  readonly maxBytes: number
  /** In pixels. */
  readonly maxSide: number
}

/** The language model that answers. */
export interface ModelDescription {
  /** `provider:model`, for example `openai:gpt-5-mini`. */
  readonly id: string
  /**
   * True for the built-in demo model, which matches help texts instead of running a language model.
   */
  readonly isDemo: boolean
  /** Files that may accompany text. Empty when it is not known. */
  readonly takes?: readonly ModelInput[]
  /** Set when it takes `images`. */
  readonly pictures?: PictureLimits
}

/** A model that can be chosen for a chat or a user. */
export interface ModelChoice {
  /** `provider:model`; give it to `choose`. */
  readonly id: string
  /** True for the model used when nothing was chosen. */
  readonly isDefault: boolean
  /** True for the model that currently answers the given subject. */
  readonly isCurrent: boolean
}

/**
 * The chat and user a request is made for; a message's context is one (`for: context`). It decides
 * which model answers and whose budget is charged. A plugin in its own process can only name the
 * chat and user of a message it is handling. Any other is ignored, and only the plugin is charged.
 */
export interface AiSubject {
  readonly chat?: { readonly id: number }
  readonly user?: { readonly id: number }
}

/** Options of every request. */
export interface AiRequest {
  readonly for?: AiSubject
  /** Cancels the request, even while text is streaming. */
  readonly signal?: AbortSignal
}

/** What a request consumed. */
export interface AiUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** In the currency of the owner's prices; absent when the model has no price. */
  readonly money?: number
}

/** Details of a completed answer. */
export interface TextEnd {
  /** The model that answered. After a fallback this is not the first choice. */
  readonly model: string
  readonly usage: AiUsage
  /**
   * `length`: the answer was truncated at `maxOutputTokens`. `filtered`: the provider's filter
   * stopped it. `waiting`: it goes on once a person has decided about a call, see `mayWait`.
   */
  readonly reason: 'stop' | 'length' | 'filtered' | 'waiting' | 'other'
  /**
   * With `tools`: whether the conversation held text that the user did not write, tool results
   * included. The answer may follow from it. Keep it with the answer, as `ChatMessage.isForeign`.
   */
  readonly isForeign?: boolean
  /** With `tools`: whether a tool was called that changes something. */
  readonly hasActed?: boolean
  /**
   * With `tools`: whether addresses in the answer may be requested without asking a person. False
   * when the answer may follow from text that the user did not write, or from descriptions of tools
   * that the owner has not read. An address that a model makes can carry what was said here.
   */
  readonly mayFetch?: boolean
}

export interface TextRequest extends AiRequest, ToolUse {
  /** How the model should behave. */
  readonly system?: string
  /** The conversation, oldest first; the last one is the user's. */
  readonly messages: readonly ChatMessage[]
  /**
   * Maximum length of the answer, in tokens. Default: the owner's setting, or the model's own
   * limit.
   */
  readonly maxOutputTokens?: number
  /** Called once when a streamed answer is complete; not called after a failure. */
  readonly onEnd?: (end: TextEnd) => void
}

export interface TextResult extends TextEnd {
  readonly text: string
}

export interface ObjectRequest<Schema extends StandardSchemaV1 = StandardSchemaV1> extends Omit<
  TextRequest,
  'onEnd' | keyof ToolUse
> {
  /** The shape of the answer: an object schema that converts to JSON Schema, as Zod schemas do. */
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
  /** One vector per text, in the same order; all have the same length. */
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
  /** The spoken language as an ISO 639-1 code, if the model reports it. */
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
  /** Ogg with Opus if the model supports it, so that it can be sent as a voice message. */
  readonly audio: Uint8Array
  readonly mediaType: string
}

/**
 * Models for tasks other than conversation, as `provider:model`. An absent member is unsupported.
 */
export interface AiAbilities {
  readonly embed?: string
  readonly transcribe?: string
  readonly speak?: string
}

/**
 * The assistant's models. Every call may throw an `AiError`. `ai-unavailable` and `ai-timeout` are
 * temporary. `ai-refused`, `ai-file-refused`, `ai-too-long` and `ai-filtered` recur with the same request.
 * `ai-misconfigured` needs the owner. `ai-limit` means that a budget is used up, `ai-busy` that one
 * user has too many requests running.
 */
export interface AiService {
  /** The model that answers the subject; without a subject, the default. */
  model(subject?: AiSubject): Promise<ModelDescription>
  /** The models that can be chosen: those in `ai.choices`, default first. */
  models(subject?: AiSubject): Promise<readonly ModelChoice[]>
  /**
   * Chooses a model for a chat, or for a user in all chats without their own choice. `null`
   * restores the default. The choice survives restarts. The caller checks whether the user is
   * allowed to choose.
   * @throws AiError `ai-refused` when `ai.choices` does not list the model, or the subject is not
   * one chat or one user
   */
  choose(id: string | null, subject: AiSubject): Promise<void>
  /** The models for tasks other than conversation. */
  abilities(): Promise<AiAbilities>
  /** Usage today and this month: overall, by this plugin, and by the subject. */
  usage(subject?: AiSubject): Promise<AiUsageReport>
  /**
   * Streams text as the model writes it. Leaving the loop early cancels the request. Errors are
   * thrown while iterating.
   */
  streamText(request: TextRequest): AsyncIterable<string>
  /** Waits for the whole text. */
  generateText(request: Omit<TextRequest, 'onEnd' | keyof ToolUse>): Promise<TextResult>
  /**
   * Returns the answer as validated data.
   * @throws AiError `ai-unavailable` when the model's answer does not fit the schema
   */
  generateObject<Schema extends StandardSchemaV1>(
    request: ObjectRequest<Schema>,
  ): Promise<ObjectResult<StandardSchemaV1.InferOutput<Schema>>>
  /** Returns a vector for each text; texts with similar meanings have nearby vectors. */
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
        isForeign: z.boolean().exactOptional(),
      }),
    )
    .max(10_000),
  maxOutputTokens: z.number().exactOptional(),
})

/** How a plugin in its own process calls a method of the AI service. */
export interface AiMethodRow {
  readonly crosses: 'value' | 'stream'
  /**
   * The schema of each argument, created on first use. `subject` is an `AiSubject`. An object is an
   * `AiRequest`; its `for` and `signal` cross the border separately and are not listed here.
   */
  readonly args: readonly ('subject' | (() => z.ZodType))[]
}

/**
 * Every method of the AI service. To add a method to `AiService`, add a row here and implement it
 * in packages/ai. The process border, refusals, wrappers and test doubles are derived from these
 * rows.
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
          mayWait: z.boolean().exactOptional(),
          modelText: z.string().exactOptional(),
        }),
    ],
  },
  generateText: { crosses: 'value', args: [() => z.object(conversation())] },
  // the schema itself stays in the plugin's process; only its JSON Schema is sent
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

/** Creates an AI service from `make`, which returns the implementation of each method. */
export function createAiService(make: (method: keyof AiService) => unknown): AiService {
  const methods = Object.keys(AI_METHODS) as (keyof AiService)[]
  return Object.fromEntries(methods.map((method) => [method, make(method)])) as unknown as AiService
}
