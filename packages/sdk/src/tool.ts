import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Awaitable } from './awaitable.ts'
import type { MessageContext } from './context.ts'
import type { Role } from './role.ts'
import type { Services } from './services.ts'

/**
 * A tool's side effects. `none`: it only computes or looks something up. `own`: it changes what the
 * assistant keeps for the user who asks, such as a reminder; a person must approve a call when the
 * conversation holds text that the user did not write. `external`: it sends, buys, deletes,
 * publishes or changes something else. A person must approve each call, unless the owner granted the
 * tool permanently and the conversation holds no such text.
 */
export const TOOL_EFFECTS = ['none', 'own', 'external'] as const
export type ToolEffect = (typeof TOOL_EFFECTS)[number]

/**
 * What a tool's function receives: the context of the message that led to the call. `signal` is
 * aborted at the tool's deadline. A call from outside a chat (over MCP) has chat and user id 0 and
 * cannot reply.
 */
export type ToolContext<Config = unknown> = MessageContext<Config> & {
  readonly services: Services
}

/** A function that the language model may call, as `tools: { NAME: … }` of a manifest. */
export interface ToolDefinition<Args = unknown, Config = unknown> {
  /** For the model: what it does and when to use it, at most 1,024 characters. */
  readonly description: string
  /**
   * The arguments: an object schema, in any Standard Schema that converts to JSON Schema. Without
   * it the tool takes no arguments.
   */
  readonly schema?: StandardSchemaV1<unknown, Args>
  /**
   * Who may use it, checked at every call. Default: `owner`, or `everyone` in plugins that ship
   * with Pluggram.
   */
  readonly role?: Role
  /** Default `external`. */
  readonly effect?: ToolEffect
  /**
   * `own`: the result has nothing but what the arguments and the plugin's code say, such as rolled
   * dice. It does not count as text that the user did not write. Only plugins that ship with
   * Pluggram are believed. Default `foreign`.
   */
  readonly result?: 'own' | 'foreign'
  /**
   * Runs the tool. The result is text or plain data; the model sees at most 20,000 characters of
   * it, marked as data. An error ends the call. The model sees the message of a `PluggramError`,
   * but of no other error.
   */
  execute(args: Args, context: ToolContext<Config>): Awaitable<unknown>
}
