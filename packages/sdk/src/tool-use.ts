import type { MessageContext } from './context.ts'

/** Whether the model may call tools while it answers, and for whom. */
export interface ToolUse {
  /**
   * Lets the model call the tools of all plugins, on behalf of whoever wrote `context`'s message:
   * their role decides at every call. Needs `permissions: { ai: true, tools: true }`, and
   * `context`. Default false.
   */
  readonly tools?: boolean
  /** The message that is answered. */
  readonly context?: Omit<MessageContext, 'config'>
  /**
   * True when the conversation holds what others wrote: web pages, forwarded messages, documents
   * that are not in `files`. Then a call with an effect outside of the chat waits for a person's
   * approval, whatever the owner granted. Default false.
   */
  readonly isUntrusted?: boolean
  /**
   * The part of `system` that a model wrote, such as a summary: an address in it was given by
   * nobody. Default none.
   */
  readonly modelText?: string
}
