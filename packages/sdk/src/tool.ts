import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Awaitable } from './awaitable.ts'
import type { MessageContext } from './context.ts'
import type { Role } from './role.ts'
import type { Services } from './services.ts'

/**
 * What a tool does outside of its own answer. `none`: it computes or looks something up.
 * `external`: it sends, buys, deletes, publishes or changes something, so a person approves each
 * call unless the owner granted the tool for good.
 */
export type ToolEffect = 'none' | 'external'

/**
 * What a tool's function receives. It is the context of the message that led to the call; `signal`
 * is aborted at the tool's deadline. A call that did not come from a chat (over MCP) has the chat
 * and user 0 and cannot reply.
 */
export type ToolContext<Config = unknown> = MessageContext<Config> & {
  readonly services: Services
}

/** A function that the language model may call, as `tools: { NAME: … }` of a manifest. */
export interface ToolDefinition<Args = unknown, Config = unknown> {
  /** For the model: what it does and when to use it, at most 1,024 characters. */
  readonly description: string
  /**
   * The arguments, an object schema; any Standard Schema that has a JSON form. Without it the tool
   * takes none.
   */
  readonly schema?: StandardSchemaV1<unknown, Args>
  /**
   * Who may use it, checked at every call. Default: `owner`; in plugins that ship with Pluggram
   * `everyone`.
   */
  readonly role?: Role
  /** Default `external`. */
  readonly effect?: ToolEffect
  /**
   * Does the work. The result is text or plain data and is shown to the model as data, at most
   * 20,000 characters of it. Whatever is thrown ends the call; the model reads a `PluggramError`'s
   * message and no other.
   */
  execute(args: Args, context: ToolContext<Config>): Awaitable<unknown>
}
