import { withinTime } from '@pluggram/base'
import type { AssistantConfig, Plugin, PluginDefinition, PluginManifest, Services } from '@pluggram/sdk'
import { jsonSchemaOf } from '@pluggram/sdk/runtime'
import type { ConfigIssue } from '@pluggram/sdk/runtime'
import { ownFetchOf, withOwnFetch } from '../http/own-fetch.ts'
import { loadMessages } from '@pluggram/services/plugin-side'
import type { BlockWatch } from '../calls/block-watch.ts'
import { toDescriptor } from './descriptor.ts'
import { createEffectScope } from './effect-scope.ts'
import type { DisposableEffectScope } from './effect-scope.ts'
import { isThrown, locateError, thrownMessage } from '../error-location.ts'
import { LiveConfig } from '../calls/live-config.ts'
import { completeServices } from './local-services.ts'
import type { HostServices } from './local-services.ts'
import type { LoadedPlugin } from './load-plugin.ts'
import type { PluginModule } from './plugin-module.ts'
import type { EffectiveTimeouts } from './plugin-timeouts.ts'
import { ProblemError } from '../plugin-problem.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import { configureManifest, manifestWarning, problemOf } from './read-manifest.ts'
import type { CheckedManifest, PluginIdentity } from './read-manifest.ts'
import { RunningPlugin } from '../calls/running-plugin.ts'
import { FUNCTIONS, silentWarnings } from './silent-plugin.ts'
import { describeConfigIssues, validateConfig } from './validate-config.ts'
import type { JsonObject, JsonSchema } from '../json-types.ts'

/** What the start of one plugin needs. */
export interface StartContext {
  readonly assistantName: string
  readonly blockFor: (jsonSchema: JsonSchema | undefined) => JsonObject
  readonly servicesFor: (
    name: string,
    manifest: PluginManifest,
    effects: DisposableEffectScope,
  ) => HostServices
  readonly describeIssues?: ((plugin: string, issues: readonly ConfigIssue[]) => string) | undefined
  /** Limits work to the rest of the plugin's start time. */
  readonly within: <T>(work: Promise<T>) => Promise<T>
  /** Aborted when the plugin must stop, or misses its deadline. */
  readonly controller: AbortController
  /** A chat's settings, for `LiveConfig`. */
  readonly chatBlock: (chatId: number) => JsonObject | undefined
  readonly askChatBlock?: (chatId: number) => Promise<JsonObject | undefined>
  readonly timeouts: Pick<EffectiveTimeouts, 'cleanupSeconds'>
  /** The time limits of calls; unset in a plugin process, where the host enforces them. */
  readonly limits?: Pick<EffectiveTimeouts, 'callSeconds' | 'statusSeconds'>
  /** Watches whether the plugin blocks the event loop. */
  readonly watch?: BlockWatch
  /** Called when an effect of the plugin began or ended. */
  readonly onEffects?: () => void
  /** Called with a promise for the end of a failed start that is still running. */
  readonly onLate?: (end: Promise<unknown>) => void
}

/**
 * Checks a loaded plugin's configuration and starts it.
 * @throws ProblemError, after cleaning up everything that the plugin set up
 */
export async function startPlugin(
  identity: PluginIdentity,
  loaded: LoadedPlugin,
  checked: CheckedManifest,
  context: StartContext,
): Promise<{ plugin: RunningPlugin; warnings: readonly PluginProblem[] }> {
  const { block, config } = await readConfig(identity, checked.manifest, context)
  const configured = configureManifest(identity, checked, config)
  const { manifest } = configured
  const warnings = [...configured.warnings]
  let services: Services | undefined
  const effects = createEffectScope({
    onError: (error, label) => services?.captureException(error, { effect: label }),
    onChange: context.onEffects,
  })
  let work: Promise<Plugin> | undefined
  try {
    const folder = identity.isSingleFile === true ? undefined : identity.directory
    const messages = folder === undefined ? undefined : await context.within(loadMessages(folder))
    const live = new LiveConfig({
      schema: manifest.config,
      perChat: manifest.perChat ?? [],
      block,
      config,
      chatBlock: context.chatBlock,
      askChatBlock: context.askChatBlock,
      onError: (error) => services?.captureException(error, { during: 'config' }),
      onUnfit: (issues) =>
        services?.logger.warn(
          `what was set for a chat does not fit the configuration any more, so the general one holds there: ${describeConfigIssues(identity.name, issues)}`,
        ),
    })
    services = completeServices(context.servicesFor(identity.name, manifest, effects), {
      scope: effects,
      config: live,
      messages,
    })
    const given = services
    // in a plugin process the global fetch is the plugin's client anyway
    const ownFetch = context.limits && ownFetchOf(manifest, given)
    work = withOwnFetch(ownFetch, () => create(loaded.module, { identity, config, services: given, context }))
    const instance = await context.within(work)
    const silent = silentWarnings(instance, manifest, { hasEffects: effects.list().length > 0 })
    warnings.push(
      ...silent.map((message) => manifestWarning(identity, `: ${message}`)),
      ...emptyWarnings(identity, manifest, instance),
    )
    const plugin = new RunningPlugin({
      descriptor: toDescriptor({
        name: identity.name,
        manifest,
        instance,
        toolRole: identity.toolRole ?? 'owner',
      }),
      commands: new Map(Object.entries(manifest.commands ?? {})),
      tools: new Map(Object.entries(manifest.tools ?? {})),
      schedules: new Map(Object.entries(manifest.schedules ?? {})),
      instance,
      config: live,
      isConfigurable: checked.manifest.configure !== undefined,
      services,
      effects,
      controller: context.controller,
      timeouts: context.timeouts,
      limits: context.limits,
      watch: context.watch,
      ownFetch,
    })
    return { plugin, warnings }
  } catch (error) {
    context.controller.abort(error)
    const late = work?.then((instance) =>
      withinTime(instance.cleanup?.(), context.timeouts.cleanupSeconds * 1_000),
    )
    late?.catch(() => {})
    if (late) context.onLate?.(late)
    await effects.dispose(context.timeouts.cleanupSeconds)
    throw startFailure(identity, error)
  }
}

function startFailure(identity: PluginIdentity, error: unknown): ProblemError {
  return new ProblemError(
    {
      ...problemOf(
        identity,
        'plugin-start-failed',
        `did not start: ${thrownMessage(error)}. ${startAdvice(error)}`,
      ),
      ...(identity.directory !== undefined && locateError(error, identity.directory)),
    },
    error,
  )
}

function startAdvice(error: unknown): string {
  return isThrown(error, TypeError) && /processMessage|getStatus|cleanup|setup/.test(thrownMessage(error))
    ? 'See the plugin contract in docs/guides/plugin-development.md.'
    : 'Correct the cause, or switch the plugin off in plugins_config.json.'
}

/**
 * Checks a plugin's configuration block with its schema.
 * @throws ProblemError
 */
export async function readConfig(
  identity: PluginIdentity,
  manifest: PluginManifest,
  { blockFor, within, describeIssues }: Pick<StartContext, 'blockFor' | 'within' | 'describeIssues'>,
): Promise<{ readonly block: JsonObject; readonly config: unknown }> {
  const jsonSchema = jsonSchemaOf(manifest.config)
  const block = blockFor(jsonSchema)
  let outcome
  try {
    outcome = await within(validateConfig(manifest.config, block))
  } catch (error) {
    const message = `: its configuration schema failed: ${thrownMessage(error)}. Correct the schema.`
    throw new ProblemError(problemOf(identity, 'plugin-config-invalid', message), error)
  }
  if (!outcome.issues) return { block, config: outcome.config }
  const describe = describeIssues ?? describeConfigIssues
  throw new ProblemError(
    {
      ...problemOf(identity, 'plugin-config-invalid', ''),
      message: describe(identity.name, outcome.issues),
      issues: outcome.issues,
    },
    undefined,
    jsonSchema,
  )
}

interface Creation {
  readonly identity: PluginIdentity
  readonly config: unknown
  readonly services: Services
  readonly context: StartContext
}

async function create(module: PluginModule, creation: Creation): Promise<Plugin> {
  const { identity, config, services, context } = creation
  if (module.form === 'class') {
    const assistantConfig: AssistantConfig = Object.freeze({
      assistant: Object.freeze({ name: context.assistantName }),
      plugins: Object.freeze({ [identity.name]: config }),
    })
    return checkMembers(new module.plugin(assistantConfig, services))
  }
  const { signal } = context.controller
  const definition: PluginDefinition = module.plugin
  const created: unknown = await definition.setup?.({ config, services, signal })
  if (created === undefined || created === null) return {}
  if (typeof created === 'object') return checkMembers(created)
  throw new TypeError(`setup gave a ${typeof created} instead of { processMessage, getStatus, cleanup }`)
}

function checkMembers(instance: object): Plugin {
  for (const name of FUNCTIONS) {
    const member: unknown = Reflect.get(instance, name)
    if (member !== undefined && typeof member !== 'function') throw new TypeError(`${name} is no function`)
  }
  return instance
}

/**
 * Warns about commands that nothing answers. A plugin without commands may still work in timers.
 */
function emptyWarnings(
  identity: PluginIdentity,
  manifest: PluginManifest,
  instance: Plugin,
): PluginProblem[] {
  if (instance.processMessage !== undefined) return []
  return Object.entries(manifest.commands ?? {})
    .filter(([, command]) => command.execute === undefined)
    .map(([name]) =>
      manifestWarning(
        identity,
        `: /${name} has no execute and there is no processMessage, so nothing answers it.`,
      ),
    )
}
