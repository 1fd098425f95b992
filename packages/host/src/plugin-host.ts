import type {
  EffectScope,
  Logger,
  PluginClass,
  PluginDefinition,
  PluginManifest,
  Services,
} from '@pluggram/sdk'
import type { PluginRegistry } from '@pluggram/sdk/runtime'
import { DeadlineError, withDeadline } from './deadline.ts'
import { isThrown, thrownMessage, thrownText } from './error-location.ts'
import { ListedRegistry } from './listed-registry.ts'
import { withRealPaths } from './load-plugin.ts'
import { installModuleHooks } from './module-hooks.ts'
import type { ModuleHooks } from './module-hooks.ts'
import type { PluginCandidate } from './plugin-candidate.ts'
import { builtInEntry, discoveredEntry, takenEntry, toState } from './plugin-entry.ts'
import type { PluginEntry } from './plugin-entry.ts'
import { ProblemError } from './plugin-problem.ts'
import type { ConfigIssue, PluginProblem } from './plugin-problem.ts'
import type { PluginState } from './plugin-state.ts'
import { commandProblems, OwnersOrder } from './routing-order.ts'
import { startPlugin } from './start-plugin.ts'
import type { JsonObject, JsonSchema } from './validate-config.ts'

export interface PluginHostOptions {
  /** From `discoverPlugins`. */
  readonly candidates: readonly PluginCandidate[]
  isEnabled(name: string): boolean
  /** Names in the order of plugins_config.json. */
  readonly order: readonly string[]
  /** A plugin's block; with its JSON Schema, values from the environment can be read as the types it asks for. */
  configFor(name: string, jsonSchema: JsonSchema | undefined): { readonly block: JsonObject }
  servicesFor(name: string, manifest: PluginManifest, effects: EffectScope): Services
  /** Words for a misconfigured plugin; the default names `plugins.NAME.key` without file and line. */
  readonly describeIssues?: (plugin: string, issues: readonly ConfigIssue[]) => string
  readonly assistantName: string
  readonly timeouts?: HostTimeouts
  /** The assistant's own plugins: always on, asked first. */
  readonly builtIn?: readonly { readonly name: string; readonly definition: PluginDefinition | PluginClass }[]
  readonly logger: Logger
}

export interface HostTimeouts {
  /** For import, configuration and setup together. Default 10. */
  readonly startSeconds?: number
  /** For `getStatus`. Default 2. */
  readonly statusSeconds?: number
  /** For `cleanup` and the plugin's effects together. Default 5. */
  readonly cleanupSeconds?: number
}

export interface StartReport {
  readonly states: readonly PluginState[]
  /** Errors and warnings, plugin by plugin in the owner's order. */
  readonly problems: readonly PluginProblem[]
}

/** Starts plugins in this process and keeps the list of those that run. */
export interface PluginHost {
  /** Resolves when every plugin runs or failed; each can be asked as soon as it runs. Never rejects. */
  start(): Promise<StartReport>
  /**
   * Ends plugins in reverse order. After one that is not done in its time the rest end side by side, so that all of
   * it takes twice `cleanupSeconds` at most.
   */
  stop(): Promise<void>
  readonly registry: PluginRegistry
  states(): readonly PluginState[]
  /** `states()` with what each plugin's `getStatus` says. */
  statuses(): Promise<readonly PluginState[]>
}

/** Creates a host; nothing is imported before `start`. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  return new InlineHost(options)
}

class InlineHost implements PluginHost {
  readonly registry: ListedRegistry
  readonly #options: PluginHostOptions
  readonly #order: OwnersOrder
  readonly #timeouts: Required<HostTimeouts>
  readonly #stopping = new AbortController()
  #entries: readonly PluginEntry[]
  #hooks: ModuleHooks | undefined
  #started: Promise<StartReport> | undefined
  #stopped: Promise<void> | undefined

  constructor(options: PluginHostOptions) {
    const builtIn = options.builtIn ?? []
    this.#options = options
    this.#timeouts = { startSeconds: 10, statusSeconds: 2, cleanupSeconds: 5, ...options.timeouts }
    this.#order = new OwnersOrder(
      builtIn.map(({ name }) => name),
      options.order,
    )
    this.registry = new ListedRegistry(this.#order, options.logger)
    this.#entries = this.#list(
      builtIn.map(({ name, definition }) => builtInEntry(name, definition)),
      options.candidates,
    )
  }

  start(): Promise<StartReport> {
    return (this.#started ??= this.#startAll())
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stopAll())
  }

  states(): readonly PluginState[] {
    return this.#entries.map((entry) => toState(entry))
  }

  statuses(): Promise<readonly PluginState[]> {
    return Promise.all(
      this.#entries.map(async (entry) =>
        entry.state === 'running' && entry.plugin
          ? { ...toState(entry), status: await entry.plugin.status(this.#timeouts.statusSeconds) }
          : toState(entry),
      ),
    )
  }

  async #startAll(): Promise<StartReport> {
    const candidates = await Promise.all(
      this.#options.candidates.map((candidate) => withRealPaths(candidate)),
    )
    this.#entries = this.#list(
      this.#entries.filter((entry) => entry.origin === 'built-in'),
      candidates,
    )
    if (this.#stopping.signal.aborted) return { states: this.states(), problems: [] }
    this.#hooks = installModuleHooks(candidates.map(({ directory }) => directory))
    await Promise.all(
      this.#entries.filter((entry) => entry.state === 'starting').map((entry) => this.#startOne(entry)),
    )
    const running = this.#entries.flatMap((entry) => (entry.plugin ? [entry.plugin.descriptor] : []))
    const clashes = commandProblems(running, this.#order)
    return {
      states: this.states(),
      problems: this.#entries.flatMap((entry) => [
        ...(entry.problem ? [entry.problem] : []),
        ...entry.warnings,
        ...clashes.filter(({ plugin }) => plugin === entry.name),
      ]),
    }
  }

  async #startOne(entry: PluginEntry): Promise<void> {
    const { startSeconds, cleanupSeconds } = this.#timeouts
    const end = performance.now() + startSeconds * 1_000
    const controller = new AbortController()
    const within = async <T>(work: Promise<T>): Promise<T> => {
      const left = Math.max(0, end - performance.now()) / 1_000
      try {
        return await withDeadline(work, left, this.#stopping.signal)
      } catch (error) {
        // the rest of the time means nothing to a reader
        throw isThrown(error, DeadlineError) ? new DeadlineError(startSeconds) : error
      }
    }
    try {
      if (!this.#hooks) return
      const { assistantName, describeIssues } = this.#options
      const loaded = await entry.load(this.#hooks, within)
      const { plugin, warnings } = await startPlugin(entry, loaded, {
        assistantName,
        blockFor: (jsonSchema) => this.#options.configFor(entry.name, jsonSchema).block,
        servicesFor: (name, manifest, effects) => this.#options.servicesFor(name, manifest, effects),
        describeIssues,
        within,
        controller,
        cleanupSeconds,
      })
      entry.plugin = plugin
      entry.warnings = warnings
      entry.state = 'running'
      this.registry.add({ runnable: plugin, isBuiltIn: entry.origin === 'built-in' })
    } catch (error) {
      this.#fail(entry, error)
    }
  }

  #fail(entry: PluginEntry, error: unknown): void {
    if (this.#stopping.signal.aborted) {
      entry.state = 'stopped'
      return
    }
    const known = isThrown(error, ProblemError) ? error : undefined
    const cause = known ? known.cause : error
    entry.state = 'failed'
    entry.problem = known
      ? known.problem
      : {
          plugin: entry.name,
          severity: 'error',
          code: 'plugin-start-failed',
          message: `Plugin ${entry.name} did not start: ${thrownMessage(error)}.`,
          ...(entry.file !== undefined && { file: entry.file }),
        }
    this.#options.logger.debug(`Plugin ${entry.name} was left out`, {
      plugin: entry.name,
      stack: thrownText(cause, 'stack'),
    })
  }

  async #stopAll(): Promise<void> {
    this.#stopping.abort(new Error('the assistant is stopping'))
    await this.#started
    this.registry.clear()
    let isPunctual = true
    const late: Promise<boolean>[] = []
    for (const entry of this.#entries.toReversed()) {
      if (!entry.plugin) continue
      entry.state = 'stopped'
      const end = entry.plugin.stop(this.#timeouts.cleanupSeconds)
      if (isPunctual) isPunctual = await end
      else late.push(end)
    }
    await Promise.all(late)
    this.#hooks?.remove()
  }

  #list(builtIn: readonly PluginEntry[], candidates: readonly PluginCandidate[]): readonly PluginEntry[] {
    const discovered = candidates.map((candidate) =>
      this.#order.isBuiltIn(candidate.name)
        ? takenEntry(candidate)
        : discoveredEntry(candidate, this.#options.isEnabled(candidate.name)),
    )
    return [...builtIn, ...discovered].toSorted((a, b) => this.#order.compare(a.name, b.name))
  }
}
