import type { ModelMessage, ToolChoiceViolationError, ToolSet } from 'ai'
import type { ModelCall, StepRequest } from './tool-step.ts'

/** The AI SDK's options for a step of an answer with tools; empty for any other request. */
export function stepOptions({ step }: StepRequest): { tools?: ToolSet; toolChoice?: 'auto' | 'none' } {
  return step ? { tools: step.tools, toolChoice: step.mayCall ? 'auto' : 'none' } : {}
}

/** Collects the calls of one step from the parts of its stream. */
export class StepCalls {
  readonly #request: StepRequest
  readonly #calls: ModelCall[] = []

  constructor(request: StepRequest) {
    this.#request = request
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  /** Records a part if it is a call. */
  take(part: { readonly type: string }): void {
    if (part.type !== 'tool-call' || !this.#request.step) return
    const { toolCallId, toolName, input, invalid } = part as unknown as SdkToolCall
    this.#calls.push({
      id: toolCallId,
      name: toolName,
      args: input,
      ...(invalid === true && { error: 'cannot be read' }),
    })
  }

  /** Reports the end of the step. */
  async end(said: PromiseLike<readonly ModelMessage[]>): Promise<void> {
    const { step } = this.#request
    if (!step) return
    // the SDK itself answers calls of unknown tools; drop its answers, because we answer every call
    const messages = this.isEmpty ? [] : (await said).filter(({ role }) => role === 'assistant')
    step.onEnd(this.#calls, messages)
  }

  /**
   * Reports the end of a step in which the model called tools although it had to write. The SDK
   * withholds such calls.
   */
  endUnwanted({ content }: Pick<ToolChoiceViolationError, 'content'>): void {
    const calls = content
      .filter((part) => part.type === 'tool-call')
      .map(({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, args: input }))
    this.#request.step?.onEnd(calls, [])
  }
}

/** A part of type `tool-call`; the SDK's own type depends on the tools. */
interface SdkToolCall {
  readonly toolCallId: string
  readonly toolName: string
  readonly input: unknown
  readonly invalid?: boolean
}
