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

export interface TextRequest {
  /** How the model should behave. */
  readonly system?: string
  /** The conversation, oldest first; the last one is the user's. */
  readonly messages: readonly ChatMessage[]
  /** Ends the request, also while text is streaming. */
  readonly signal?: AbortSignal
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
