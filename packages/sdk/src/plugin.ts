import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Awaitable } from './awaitable.ts'
import type { MessageContext } from './context.ts'
import type { PluginManifest } from './manifest.ts'
import type { ObservedMessage } from './observe.ts'
import type { PluginResult, PluginStatus } from './reply.ts'
import type { Services } from './services.ts'
import type { ProvidedMethods } from './services/plugins.ts'

/**
 * The configuration passed to a class plugin's constructor. `config.plugins.my_plugin` is its block
 * of config.json, validated by its schema, with defaults filled in. Other plugins' blocks are not
 * included.
 */
export interface AssistantConfig {
  readonly assistant: { readonly name: string }
  // oxlint-disable-next-line typescript/no-explicit-any -- a plugin without a schema reads its block as it stands
  readonly plugins: Readonly<Record<string, any>>
}

/**
 * A running plugin. Every member is optional, but the plugin needs `processMessage` or something to
 * do in its manifest. `definePlugin` infers `Config` from the schema.
 */
export interface Plugin<Config = unknown> {
  /** Answers `message` (text, caption or a button's data); `undefined` means "not mine". */
  processMessage?(message: string, context: MessageContext<Config>): Awaitable<PluginResult | undefined>
  /**
   * Called with every message and its outcome after it is answered, so it delays nothing. Needs
   * `permissions: { observe: true }`. At most 1,000 messages are queued; a slow observer misses the
   * rest.
   */
  observe?(event: ObservedMessage): Awaitable<void>
  /** Methods for other plugins: `services.plugins.call('this_plugin', 'method', …)`. */
  readonly provides?: ProvidedMethods
  /**
   * Deletes everything stored about a user who asked for it and confirmed (`/forget_me`). Only the
   * assistant calls it.
   * @returns what was deleted, in a few words for the user, for example `3 reminders`; nothing if
   * there was no data
   */
  forgetUser?(user: { readonly id: number }): Awaitable<string | void>
  getStatus?(): Awaitable<PluginStatus>
  /** Called once when the plugin stops, before its effects are disposed. */
  cleanup?(): Awaitable<void>
}

/** The class form: a default export with up to four members. */
export interface PluginClass {
  new (config: AssistantConfig, services: Services): Plugin
  readonly manifest?: PluginManifest
}

/** What `setup` of a function plugin receives. */
export interface SetupContext<Config> {
  /** The plugin's validated configuration at startup. For a message, use `context.config`. */
  readonly config: Config
  readonly services: Services
  /** Aborted when the plugin is asked to stop. */
  readonly signal: AbortSignal
}

/** The function form: a manifest with `setup`. */
export interface PluginDefinition<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Tools extends object = Readonly<Record<string, unknown>>,
> extends PluginManifest<Schema, Tools> {
  /** Runs once at startup. Optional when the manifest's commands do all the work. */
  setup?(
    context: SetupContext<StandardSchemaV1.InferOutput<Schema>>,
  ): Awaitable<Plugin<StandardSchemaV1.InferOutput<Schema>> | void>
}

const DEFINITION = Symbol.for('pluggram.definition')

/**
 * Defines a plugin as a function; types of `config` are inferred from its schema.
 * @example
 * export default definePlugin({
 *   description: 'Greets people.',
 *   config: z.object({ greeting: z.string().default('Hello') }),
 *   setup: ({ config }) => ({
 *     processMessage: (message, { user }) =>
 *       message === 'hi' ? { success: true, response: `${config.greeting}, ${user.firstName}!` } : undefined,
 *   }),
 * })
 */
export function definePlugin<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Tools extends object = Readonly<Record<string, unknown>>,
>(definition: PluginDefinition<Schema, Tools>): PluginDefinition<Schema> {
  // the argument types only matter inside the definition
  return Object.freeze({ ...definition, [DEFINITION]: true }) as unknown as PluginDefinition<Schema>
}

/** Types a class plugin's `static manifest`. */
export function defineManifest<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Tools extends object = Readonly<Record<string, unknown>>,
>(manifest: PluginManifest<Schema, Tools>): PluginManifest<Schema> {
  return Object.freeze({ ...manifest }) as unknown as PluginManifest<Schema>
}

/** Whether `value` was created by `definePlugin` of this or another installed copy of the sdk. */
export function isPluginDefinition(value: unknown): value is PluginDefinition {
  return typeof value === 'object' && value !== null && DEFINITION in value
}
