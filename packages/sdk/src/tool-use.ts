import type { MessageContext } from './context.ts'

/** Whether the model may call tools while answering, and on whose behalf. */
export interface ToolUse {
  /**
   * Lets the model call the tools of all plugins on behalf of the author of `context`'s message,
   * whose role is checked at every call. Needs `permissions: { ai: true, tools: true }`, and
   * `context`. Default false.
   */
  readonly tools?: boolean
  /**
   * True when the plugin can be asked again: a call that needs a person's approval then ends the
   * answer (`onEnd` gets the reason `waiting`). Once it is decided, the plugin gets the same message
   * again, with `context.continues`, calls the model as before, and the answer goes on. Otherwise the
   * model is told that the call waits, and writes its answer. Default false.
   */
  readonly mayWait?: boolean
  /** The message being answered. */
  readonly context?: Omit<MessageContext, 'config'>
  /**
   * True when `system` contains text that neither the owner nor the user wrote, such as a summary of
   * a conversation with a web page in it. A call that changes something then needs a person's
   * approval, whatever the owner granted. Messages say it themselves, with `isForeign`. Default
   * false.
   */
  readonly isUntrusted?: boolean
  /**
   * The part of `system` that a model wrote, such as a summary. Addresses in it do not count as
   * given by a person. Default none.
   */
  readonly modelText?: string
}
