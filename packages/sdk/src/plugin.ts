import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Awaitable } from './awaitable.ts'
import type { MessageContext } from './context.ts'
import type { PluginManifest } from './manifest.ts'
import type { ObservedMessage } from './observe.ts'
import type { PluginResult, PluginStatus } from './reply.ts'
import type { Services } from './services.ts'
import type { ProvidedMethods } from './services/plugins.ts'

/**
 * The configuration a class plugin is constructed with: `config.plugins.my_plugin` is its block of
 * config.json, validated and completed by its schema. Other plugins' blocks are not in it.
 */
export interface AssistantConfig {
  readonly assistant: { readonly name: string }
  // oxlint-disable-next-line typescript/no-explicit-any -- a plugin without a schema reads its block as it stands
  readonly plugins: Readonly<Record<string, any>>
}

/**
 * A running plugin. Every member is optional as long as the manifest or `processMessage` gives it
 * something to do. `definePlugin` infers `Config` from the schema.
 */
export interface Plugin<Config = unknown> {
  /** Answers `message` (text, caption or a button's data); `undefined` means "not mine". */
  processMessage?(message: string, context: MessageContext<Config>): Awaitable<PluginResult | undefined>
  /**
   * Told about every message and what came of it, when it is answered; it delays nothing. Needs
   * `permissions: { observe: true }`. An observer that is slow misses messages: 1,000 wait for it
   * at most.
   */
  observe?(event: ObservedMessage): Awaitable<void>
  /** Methods for other plugins: `services.plugins.call('this_plugin', 'method', …)`. */
  readonly provides?: ProvidedMethods
  /**
   * A user wants everything forgotten that is kept about them, and said so twice (`/forget_me`).
   * Only the assistant asks for it. Deletes it.
   * @returns what was deleted, in a few words for that person, for example `3 reminders`; nothing
   * when there was nothing
   */
  forgetUser?(user: { readonly id: number }): Awaitable<string | void>
  getStatus?(): Awaitable<PluginStatus>
  /** Called once at stop, before the plugin's effects are disposed. */
  cleanup?(): Awaitable<void>
}

/** The class form: a default export with up to four members. */
export interface PluginClass {
  new (config: AssistantConfig, services: Services): Plugin
  readonly manifest?: PluginManifest
}

/** What `setup` of a function plugin receives. */
export interface SetupContext<Config> {
  /**
   * The plugin's validated block, as it was at the start; `context.config` is what holds for a
   * message.
   */
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
  /** Runs once at start. It may be left out when the manifest's commands do all the work. */
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
  // the types of the arguments have done their work inside the definition
  return Object.freeze({ ...definition, [DEFINITION]: true }) as unknown as PluginDefinition<Schema>
}

/** Types a class plugin's `static manifest`. */
export function defineManifest<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Tools extends object = Readonly<Record<string, unknown>>,
>(manifest: PluginManifest<Schema, Tools>): PluginManifest<Schema> {
  return Object.freeze({ ...manifest }) as unknown as PluginManifest<Schema>
}

/** Whether `value` was made by `definePlugin`, of this or of another installed copy of the sdk. */
export function isPluginDefinition(value: unknown): value is PluginDefinition {
  return typeof value === 'object' && value !== null && DEFINITION in value
}
