import type { TextRequest } from '@pluggram/sdk'
import type { ModelMessage, ToolSet } from 'ai'

/** A call that a model asked for. */
export interface ModelCall {
  readonly id: string
  /** The name that the model was given. */
  readonly name: string
  readonly args: unknown
  /** The model wrote arguments that cannot be read. */
  readonly error?: string
}

/** The part of a request that makes it one step of an answer with tools. */
interface ToolStep {
  /** What was said and given since the request's own messages. */
  readonly messages: readonly ModelMessage[]
  readonly tools: ToolSet
  /** False: the model is to write now. */
  readonly mayCall: boolean
  /** Told at the end of the step: what was called, and what the model said as it must be repeated to it. */
  onEnd(calls: readonly ModelCall[], messages: readonly ModelMessage[]): void
}

/** A request of which the caller handles the tools. */
export interface StepRequest extends TextRequest {
  readonly step?: ToolStep
}

/** One request to whichever model answers: text as it is written; retries, limits and budgets are behind it. */
export type StreamStep = (request: StepRequest) => AsyncIterable<string>
