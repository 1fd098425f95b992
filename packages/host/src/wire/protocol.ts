import type { Callback, Chat, Command, IncomingMessage, PluginSummary, Role, User } from '@pluggram/sdk'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import type { ManifestSummary } from '../start/manifest-summary.ts'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import type { JsonObject, JsonSchema } from '../json-types.ts'

/** Enough for 50 MB, the largest file that a bot may send, and the rest of its message. */
export const MAX_MESSAGE_BYTES = 64 * 1_048_576
/** Enough for a store value full of numbers, and the rest of its message. */
export const MAX_MESSAGE_VALUES = 600_000

/** The file descriptor of a plugin process's channel to its host. */
export const CHANNEL_FD = 3

/** In a shared process: the connection for the process itself. */
export const CONTROL_CHANNEL = 0

/** `load`: imports the plugin and reads its manifest, without starting it. */
export interface LoadRequest {
  readonly candidate: PluginCandidate
  readonly seconds: number
  /** Texts of files, by path, that count instead of what is on the disk. */
  readonly sources?: Readonly<Record<string, string>>
}

export interface Loaded {
  readonly manifest: ManifestSummary
  /** Its permissions also depend on its configuration, so `configure` returns them. */
  readonly isConfigurable: boolean
  /** The JSON Schema of its configuration, if available. */
  readonly jsonSchema?: JsonSchema
  /** The plugin's own files that were imported. */
  readonly files: readonly string[]
}

/** `configure`: returns the manifest for this configuration. */
export interface ConfigureRequest {
  readonly block: JsonObject
}

export interface Configured {
  readonly manifest: ManifestSummary
}

/** `start`: checks the configuration and starts the plugin. */
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

/** The part of a message's context that is plain data. */
export interface ContextData {
  /** The host's number for the call. */
  readonly call: number
  readonly chat: Chat
  readonly user: User
  readonly role: Role
  readonly message: IncomingMessage
  readonly timeZone: string
  readonly command?: Command
  readonly callback?: Callback
  readonly continues?: string
  readonly attempt: number
  readonly idempotencyKey: string
  readonly chatBlock?: JsonObject
}

/** The key under which a context in a plugin process stores the host's number for its call. */
export const CALL_NUMBER: unique symbol = Symbol('call number')
