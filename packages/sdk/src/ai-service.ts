import type { MessageContext } from './context.ts'

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** The language model that answers now. */
export interface ModelDescription {
  /** `provider:model`, for example `openai:gpt-5-mini`. */
  readonly id: string
  /** True for the built-in demo model, which matches help texts and is no large language model. */
  readonly isDemo: boolean
}

export interface TextRequest extends ToolUse {
  /** How the model should behave. */
  readonly system?: string
  /** The conversation, oldest first; the last one is the user's. */
  readonly messages: readonly ChatMessage[]
  /** Ends the request, also while text is streaming. */
  readonly signal?: AbortSignal
}

/** Whether the model may call tools, and for whom. */
export interface ToolUse {
  /**
   * Lets the model call the tools of all plugins, on behalf of whoever wrote `context`'s message: their role decides at
   * every call. Needs `permissions: { tools: true }`, and `context`. Default false.
   */
  readonly tools?: boolean
  /** The message that is answered. */
  readonly context?: MessageContext
  /**
   * True when the conversation holds what others wrote: documents, web pages, forwarded messages. Then a call with an
   * effect outside of the chat waits for a person's approval, whatever the owner granted. Default false.
   */
  readonly isUntrusted?: boolean
}

/** The assistant's language model. */
export interface AiService {
  model(): Promise<ModelDescription>
  /**
   * Text as the model writes it. Leaving the loop early ends the request.
   * @throws AiError while iterating: the model cannot be reached, refuses, or exceeds `ai.timeouts`.
   */
  streamText(request: TextRequest): AsyncIterable<string>
}
