import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { MessageContext } from './context.ts'
import type { PluginPermissions } from './permissions.ts'
import type { PluginResult } from './reply.ts'
import type { Services } from './services.ts'
import type { CronOptions, ScheduledRun } from './services/scheduler.ts'
import type { ToolDefinition } from './tool.ts'
import type { Awaitable } from './awaitable.ts'
import type { LocalText } from './local-text.ts'
import type { Role } from './role.ts'

/** The updates a plugin receives, in addition to presses of its own buttons. */
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
  /** The description in other languages, by ISO 639-1 code, for Telegram's menu and `/help`. */
  readonly translations?: Readonly<Record<string, string>>
  /**
   * Who may use it. Others neither see it nor reach the plugin with it. Default: everyone, and the
   * plugin may still refuse.
   */
  readonly role?: Role
  /** Where it is shown: in private chats or in groups only. Default: everywhere. */
  readonly chats?: 'private' | 'groups'
  /** How to type it, for example `/roll 2d6`. */
  readonly usage?: string
  /** Example sentences that mean this command; the demo model matches them. */
  readonly examples?: readonly string[]
  /** `false` hides it from Telegram's menu. Default true. */
  readonly menu?: boolean
  /**
   * Runs immediately, even while an earlier message of the chat is being answered. For commands
   * that stop something. Default false.
   */
  readonly urgent?: boolean
  /** Answers the command. Without it, `processMessage` is called with `context.command` set. */
  execute?(args: string, context: CommandContext<Config>): Awaitable<PluginResult | undefined>
}

/**
 * What a schedule's function receives: the run, the plugin's general config, and services. For a
 * chat's configuration, call `services.config.forChat(chatId)`.
 */
export type ScheduleContext<Config = unknown> = ScheduledRun & {
  readonly config: Config
  readonly services: Services
}

/**
 * Work that runs on a schedule, stored under its name so that it survives restarts. Without `every`
 * and `cron` it runs only when the code schedules it, as in `services.scheduler.at(date, { data },
 * 'name')`.
 */
export interface ScheduleDefinition<Config = unknown> extends Omit<CronOptions, 'name' | 'data'> {
  readonly every?: { readonly seconds: number }
  /** Five fields, or six with seconds first. */
  readonly cron?: string
  execute(context: ScheduleContext<Config>): Awaitable<unknown>
}

/**
 * Where a plugin would like to run; the owner decides. A plugin that does not ship with Pluggram
 * runs in its own process until the owner trusts it. A request for `inline` is shown to the owner
 * together with the permissions.
 */
export type PluginIsolation = 'inline' | 'process'

/**
 * Time limits for each stage of a plugin's life, in seconds. The owner can override them in
 * config.json.
 */
export interface PluginTimeouts {
  /** Import, configuration and setup together. Default 10. */
  readonly startSeconds?: number
  /**
   * One message or command. Default and maximum: `limits.plugin_timeout_seconds` in config.json.
   */
  readonly callSeconds?: number
  /** `getStatus`. Default 2. */
  readonly statusSeconds?: number
  /** `cleanup` and the disposal of effects. Default 1.5. */
  readonly cleanupSeconds?: number
}

/**
 * A credential that the assistant adds to the plugin's requests. The owner sets its value with
 * `pluggram secrets set PLUGIN.NAME` and grants it; the plugin never has the value, and it is hidden
 * in the answers.
 */
export interface CredentialDefinition {
  /**
   * The exact hosts, such as `api.github.com` or `localhost:8080`. Without a port the one of https
   * counts. Only loopback addresses are reached without https.
   */
  readonly hosts: readonly string[]
  /** The header's name. Default `authorization`. */
  readonly header?: string
  /**
   * The word before the value. Default: `Bearer` in `authorization`, none elsewhere. With `Basic`
   * the value is `USER:PASSWORD`.
   */
  readonly scheme?: string
  /** One line for the owner: why the plugin needs it. */
  readonly reason: string
}

/** A key of a plugin's configuration, if its schema lists them. */
type ConfigKey<Schema extends StandardSchemaV1> =
  unknown extends StandardSchemaV1.InferOutput<Schema>
    ? string
    : keyof StandardSchemaV1.InferOutput<Schema> & string

/**
 * The static part of a plugin: its name, what triggers it, and what it needs. Every member is
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
  /** Its name as people read it, at most 32 characters. Default: made of `name`. */
  readonly title?: LocalText
  /** One line that says what it does for a user. */
  readonly description?: string
  /** More help in Markdown, for `/help NAME` and the demo model. */
  readonly help?: string
  /**
   * Validates and types `plugins.NAME` in config.json (any Standard Schema; the sdk exports Zod as
   * `z`).
   */
  readonly config?: Schema
  /**
   * Keys of `config` that an owner may override for single chats; `context.config` includes the
   * override. Default: none. A key that holds a secret can never be overridden.
   */
  readonly perChat?: readonly ConfigKey<Schema>[]
  readonly permissions?: PluginPermissions
  /**
   * Credentials that the assistant adds to requests, by name: lower case letters, digits and `_`.
   * Implies `permissions: { network: […] }` for their hosts.
   */
  readonly credentials?: Readonly<Record<string, CredentialDefinition>>
  readonly commands?: Readonly<Record<string, CommandDefinition<StandardSchemaV1.InferOutput<Schema>>>>
  /**
   * Functions for the language model, by name: lower case letters, digits and `_`, at most 32
   * characters.
   */
  readonly tools?: {
    readonly [Name in keyof Tools]: ToolDefinition<Tools[Name], StandardSchemaV1.InferOutput<Schema>>
  }
  /**
   * Plugins that it calls through `services.plugins`. They start first; if one is missing, this
   * plugin does not start.
   */
  readonly requires?: readonly string[]
  /** Implies `permissions: { schedule: true }`. */
  readonly schedules?: Readonly<Record<string, ScheduleDefinition<StandardSchemaV1.InferOutput<Schema>>>>
  /**
   * The plugin receives only messages whose text matches one of these, besides its commands and
   * buttons.
   */
  readonly patterns?: readonly RegExp[]
  /**
   * The plugin receives `/start PAYLOAD` when the payload starts with one of these, in
   * `processMessage`, with `context.command` `{ name: 'start', args: 'PAYLOAD' }`. That is what a
   * link such as `https://t.me/my_bot?start=invite_42` (or `?startgroup=invite_42` for a group)
   * sends. Letters, digits, `_` and `-`, at most 64. Of plugins with fitting prefixes the first in
   * plugins_config.json gets it; the assistant's greeting answers when it passes, and all others.
   */
  readonly startPrefixes?: readonly string[]
  /** Default `['message']`. */
  readonly updates?: readonly UpdateKind[]
  /** Plugins without triggers are asked in descending order of priority. Default 0. */
  readonly priority?: number
  readonly isolation?: PluginIsolation
  readonly timeouts?: PluginTimeouts
  /**
   * True when handling a message twice is harmless. After a crash the message is retried once;
   * otherwise the user gets an apology. Default false.
   */
  readonly idempotent?: boolean
  /**
   * Returns additional commands, tools, patterns and permissions that depend on the owner's
   * configuration. Called before `setup`, possibly more than once. Throw an error to report what is
   * wrong with the configuration.
   */
  configure?(config: StandardSchemaV1.InferOutput<Schema>): ConfiguredManifest<Schema>
}

/** The parts of a manifest that can depend on the owner's configuration. */
export type ConfiguredManifest<Schema extends StandardSchemaV1 = StandardSchemaV1> = Pick<
  PluginManifest<Schema>,
  'commands' | 'help' | 'patterns' | 'permissions' | 'tools'
>
