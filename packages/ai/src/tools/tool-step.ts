import type { TextRequest } from '@pluggram/sdk'
import type { ModelMessage, ToolSet } from 'ai'

/** A call requested by a model. */
export interface ModelCall {
  readonly id: string
  /** The model-facing name of the tool. */
  readonly name: string
  readonly args: unknown
  /** Set when the model wrote unparsable arguments. */
  readonly error?: string
}

/** The part of a request that makes it one step of an answer with tools. */
interface ToolStep {
  /** Messages and results added since the request's own messages. */
  readonly messages: readonly ModelMessage[]
  readonly tools: ToolSet
  /** False when the model must write its answer now. */
  readonly mayCall: boolean
  /**
   * Called at the end of the step with its calls and the model's messages, to be sent back in the
   * next step.
   */
  onEnd(calls: readonly ModelCall[], messages: readonly ModelMessage[]): void
}

/** A request whose tool calls are handled by the caller. */
export interface StepRequest extends TextRequest {
  readonly step?: ToolStep
}

/**
 * Makes one request to the selected model and streams its text. Includes retries, limits and
 * budgets.
 */
export type StreamStep = (request: StepRequest) => AsyncIterable<string>
