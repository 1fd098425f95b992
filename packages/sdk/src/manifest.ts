import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { MessageContext } from './context.ts'
import type { PluginPermissions } from './permissions.ts'
import type { PluginResult } from './reply.ts'
import type { Services } from './services.ts'
import type { CronOptions, ScheduledRun } from './services/scheduler.ts'
import type { ToolDefinition } from './tool.ts'
import type { Awaitable } from './awaitable.ts'

/** Which updates a plugin is asked about, besides presses of its own buttons. */
export type UpdateKind = 'message' | 'edited_message'

/**
 * What a command's or tool's function receives: the message's context, with the chat's `config`,
 * and services.
 */
export type CommandContext<Config = unknown> = MessageContext<Config> & {
  readonly services: Services
}

/** A `/command` in Telegram's menu and in `/help`. */
export interface CommandDefinition<Config = unknown> {
  /** One line, at most 256 characters (Bot API: BotCommand). */
  readonly description: string
  /** How to write it, for example `/roll 2d6`. */
  readonly usage?: string
  /** Things people say when they mean this command; the demo model matches them. */
  readonly examples?: readonly string[]
  /** Leave it out of Telegram's menu with `false`. Default true. */
  readonly menu?: boolean
  /**
   * Runs at once, even while an earlier message of the chat is being answered: for commands that
   * stop something. Default false.
   */
  readonly urgent?: boolean
  /** Answers the command. Without it, `processMessage` is called with `context.command` set. */
  execute?(args: string, context: CommandContext<Config>): Awaitable<PluginResult | undefined>
}

/**
 * What a schedule's function receives: the run, the plugin's general config, and services. A run
 * that is for one chat asks `services.config.forChat(chatId)`.
 */
export type ScheduleContext<Config = unknown> = ScheduledRun & {
  readonly config: Config
  readonly services: Services
}

/**
 * Work at certain times, durable under its name. With neither `every` nor `cron` it runs only when
 * the code asks for it, as in `services.scheduler.at(date, { data }, 'name')`.
 */
export interface ScheduleDefinition<Config = unknown> extends Omit<CronOptions, 'name' | 'data'> {
  readonly every?: { readonly seconds: number }
  /** Five fields, or six with seconds first. */
  readonly cron?: string
  execute(context: ScheduleContext<Config>): Awaitable<unknown>
}

/**
 * Where a plugin would like to run. Its owner decides: a plugin that does not ship with Pluggram
 * has a process of its own until its owner trusts it; `inline` is shown to the owner together with
 * what the plugin asks for.
 */
export type PluginIsolation = 'inline' | 'process'

/**
 * How long the parts of a plugin's life may take, in seconds. The owner can set others in
 * config.json.
 */
export interface PluginTimeouts {
  /** Import, configuration and setup together. Default 10. */
  readonly startSeconds?: number
  /**
   * One message or command. Default `limits.plugin_timeout_seconds` of config.json, which is also
   * the most.
   */
  readonly callSeconds?: number
  /** `getStatus`. Default 2. */
  readonly statusSeconds?: number
  /** `cleanup` and the disposal of effects. Default 1.5. */
  readonly cleanupSeconds?: number
}

/** A key of a plugin's block, as far as its schema tells them. */
type ConfigKey<Schema extends StandardSchemaV1> =
  unknown extends StandardSchemaV1.InferOutput<Schema>
    ? string
    : keyof StandardSchemaV1.InferOutput<Schema> & string

/**
 * The static part of a plugin: what it is called, what triggers it, what it needs. Every member is
 * optional.
 */
export interface PluginManifest<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Tools extends object = Readonly<Record<string, unknown>>,
> {
  /**
   * Lower case letters, digits and `_`, starting with a letter. Default: the file's or folder's
   * name.
   */
  readonly name?: string
  readonly version?: string
  /** One line: what it does for a user. */
  readonly description?: string
  /** More help in Markdown, for `/help NAME` and the demo model. */
  readonly help?: string
  /**
   * Validates and types `plugins.NAME` in config.json (any Standard Schema; Zod is at hand as `z`).
   */
  readonly config?: Schema
  /**
   * Keys of `config` that an owner may set for single chats; `context.config` has them. Default:
   * none. A key that holds a secret can never be set by chat.
   */
  readonly perChat?: readonly ConfigKey<Schema>[]
  readonly permissions?: PluginPermissions
  readonly commands?: Readonly<Record<string, CommandDefinition<StandardSchemaV1.InferOutput<Schema>>>>
  /**
   * Functions for the language model, by name: lower case letters, digits and `_`, at most 32
   * characters.
   */
  readonly tools?: {
    readonly [Name in keyof Tools]: ToolDefinition<Tools[Name], StandardSchemaV1.InferOutput<Schema>>
  }
  /**
   * Plugins that it calls through `services.plugins`; they are started first, and it is not started
   * without them.
   */
  readonly requires?: readonly string[]
  /** Asks for `permissions: { schedule: true }` by itself. */
  readonly schedules?: Readonly<Record<string, ScheduleDefinition<StandardSchemaV1.InferOutput<Schema>>>>
  /**
   * Only messages whose text matches one of these are offered, besides commands and own buttons.
   */
  readonly patterns?: readonly RegExp[]
  /** Default `['message']`. */
  readonly updates?: readonly UpdateKind[]
  /** Plugins without triggers are asked from the highest to the lowest; default 0. */
  readonly priority?: number
  readonly isolation?: PluginIsolation
  readonly timeouts?: PluginTimeouts
  /**
   * True when a message may be handled twice without harm: after a crash the message is tried again
   * once, instead of being answered with an apology. Default false.
   */
  readonly idempotent?: boolean
  /**
   * Gives what depends on the owner's configuration: further commands, tools, patterns and
   * permissions, beside those that stand here. Called before `setup`, perhaps more than once; an
   * error says what is wrong with the configuration.
   */
  configure?(config: StandardSchemaV1.InferOutput<Schema>): ConfiguredManifest<Schema>
}

/** The parts of a manifest that may depend on the owner's configuration. */
export type ConfiguredManifest<Schema extends StandardSchemaV1 = StandardSchemaV1> = Pick<
  PluginManifest<Schema>,
  'commands' | 'help' | 'patterns' | 'permissions' | 'tools'
>
