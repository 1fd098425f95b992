import type { Callback, Chat, Command, IncomingMessage, PluginSummary, Role, User } from '@pluggram/sdk'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import type { ManifestSummary } from '../manifest-summary.ts'
import type { PluginCandidate } from '../plugin-candidate.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import type { JsonObject, JsonSchema } from '../json-types.ts'

/** Room for 50 MB, the largest file that a bot may send, and the message around it. */
export const MAX_MESSAGE_BYTES = 64 * 1_048_576
/** Room for a value of the store that is full of numbers, and the message around it. */
export const MAX_MESSAGE_VALUES = 600_000

/** The file descriptor on which a plugin process speaks with its host. */
export const CHANNEL_FD = 3

/** In a process that several plugins share: the connection that is about the process itself. */
export const CONTROL_CHANNEL = 0

/** `load`: import the plugin and read its manifest. Nothing of it is started yet. */
export interface LoadRequest {
  readonly candidate: PluginCandidate
  readonly seconds: number
}

export interface Loaded {
  readonly manifest: ManifestSummary
  /** Its permissions depend on its configuration, too: `configure` tells them. */
  readonly isConfigurable: boolean
  /** The JSON Schema of its configuration, when it can tell. */
  readonly jsonSchema?: JsonSchema
  /** The plugin's own files that were imported. */
  readonly files: readonly string[]
}

/** `configure`: tell what the manifest is with this configuration. */
export interface ConfigureRequest {
  readonly block: JsonObject
}

export interface Configured {
  readonly manifest: ManifestSummary
}

/** `start`: check the configuration and bring the plugin to life. */
export interface StartRequest {
  readonly assistantName: string
  readonly block: JsonObject
  readonly plugins: readonly PluginSummary[]
  readonly seconds: number
  readonly cleanupSeconds: number
}

export interface Started {
  readonly descriptor: PluginDescriptor
  readonly warnings: readonly PluginProblem[]
  readonly effects: readonly string[]
}

/** The outcome of `load`, `configure` and `start`. */
export type Attempt<T> =
  | { readonly done: T }
  | { readonly problem: PluginProblem; /** Of what was thrown, for the log. */ readonly stack: string }

/** The plain part of a message's context. */
export interface ContextData {
  /** The number under which the host knows the call. */
  readonly call: number
  readonly chat: Chat
  readonly user: User
  readonly role: Role
  readonly message: IncomingMessage
  readonly command?: Command
  readonly callback?: Callback
  readonly attempt: number
  readonly idempotencyKey: string
  /** What was set for the chat. */
  readonly chatBlock?: JsonObject
}

/** Where a context in a plugin process keeps the number under which the host knows its message. */
export const CALL_NUMBER: unique symbol = Symbol('call number')
