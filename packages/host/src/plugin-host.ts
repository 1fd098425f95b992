import { PluggramError } from '@pluggram/sdk'
import type { Logger, PluginClass, PluginDefinition, PluginManifest } from '@pluggram/sdk'
import type { PluginRegistry } from '@pluggram/sdk/runtime'
import { withDeadline } from './deadline.ts'
import type { PluginScope } from './effect-scope.ts'
import { isThrown, thrownText } from './error-location.ts'
import { levelOf } from './host-plan.ts'
import type { HostPlan, HostTimeouts } from './host-plan.ts'
import type { HostedPlugin } from './hosted-plugin.ts'
import type { HostServices } from './local-services.ts'
import { InlineStarter } from './inline-starter.ts'
import { ListedRegistry } from './listed-registry.ts'
import { withRealPaths } from './load-plugin.ts'
import { fingerprint } from './fingerprint.ts'
import {
  builtInEntry,
  discoveredEntry,
  goOn,
  isOn,
  keyOf,
  routable,
  startProblem,
  takenEntry,
  toState,
} from './plugin-entry.ts'
import type { PluginEntry } from './plugin-entry.ts'
import { ProblemError } from './plugin-problem.ts'
import type { ConfigIssue, PluginProblem } from './plugin-problem.ts'
import type { PluginState } from './plugin-state.ts'
import type { PluginIdentity } from './read-manifest.ts'
import { ProcessStarter } from './process/process-starter.ts'
import { SupervisedPlugin } from './process/supervised-plugin.ts'
import { Requirements } from './requirements.ts'
import { warmUp } from './warm-up.ts'
import { reconfigure } from './reconfigure.ts'
import { commandProblems, OwnersOrder } from './routing-order.ts'
import type { JsonObject } from './json-types.ts'

export interface PluginHostOptions extends HostPlan {
  servicesFor(name: string, manifest: PluginManifest, effects: PluginScope): HostServices
  readonly assistantName: string
  readonly timeouts?: HostTimeouts
  /** What owners set for a plugin in one chat; the same object until it changes. Default: nothing. */
  chatBlock?(plugin: string, chatId: number): JsonObject | undefined
  /** The assistant's own plugins: always on, asked first. */
  readonly builtIn?: readonly { readonly name: string; readonly definition: PluginDefinition | PluginClass }[]
  /** Where manifests and compiled code are kept between starts, and plugins' own folders. Default: nowhere. */
  readonly dataFolder?: string
  readonly logger: Logger
  /** Told about every problem of a plugin as soon as it is known; all of them are in the report, too. */
  onProblem?(problem: PluginProblem): void
}

export interface StartReport {
  readonly states: readonly PluginState[]
  /** Errors and warnings, plugin by plugin in the owner's order. */
  readonly problems: readonly PluginProblem[]
  /** Plugins that were started, replaced or ended, or that go on with another configuration. */
  readonly changed: readonly string[]
}

/** Starts plugins, keeps the list of those that can be asked, and replaces those that changed. */
export interface PluginHost {
  /** Resolves when every plugin can be asked or failed; each can be asked as soon as it is ready. Never rejects. */
  start(): Promise<StartReport>
  /**
   * Brings the host to another plan. What did not change is left alone; what changed is started beside the old one,
   * which finishes what it works on and ends. A plugin that cannot be started keeps its old version. Never rejects.
   */
  apply(plan: HostPlan): Promise<StartReport>
  /** Starts a plugin's process anew, also one that is parked. False when there is no such plugin with a process. */
  restart(name: string): Promise<boolean>
  /** What a plugin's schema finds wrong with a block; nothing changes. `undefined` when it does not run. */
  checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined>
  /**
   * Calls what a plugin provides to others; waits for its start.
   * @throws PluggramError `plugin-not-found`; what the method throws
   */
  call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown>
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
  return new TwoLevelHost(options)
}

/** A replaced plugin may finish what it works on for so long. */
const RETIRE_SECONDS = 120
/** A plugin in a process of its own is ended a moment earlier. */
const PROVIDED_SECONDS = 32

class TwoLevelHost implements PluginHost {
  readonly registry: ListedRegistry
  readonly #options: PluginHostOptions
  readonly #builtIn: readonly string[]
  readonly #timeouts: Required<HostTimeouts>
  readonly #stopping = new AbortController()
  readonly #inline: InlineStarter
  readonly #processes: ProcessStarter
  readonly #retiring = new Set<HostedPlugin>()
  readonly #requirements = new Requirements()
  #order: OwnersOrder
  #entries: readonly PluginEntry[]
  #isSharing = false
  #started: Promise<StartReport> | undefined
  #changing: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(options: PluginHostOptions) {
    const { assistantName, logger, dataFolder } = options
    this.#options = options
    this.#builtIn = (options.builtIn ?? []).map(({ name }) => name)
    this.#timeouts = { startSeconds: 10, statusSeconds: 2, cleanupSeconds: 5, ...options.timeouts }
    this.#order = new OwnersOrder(this.#builtIn, options.order)
    this.registry = new ListedRegistry(this.#order, logger)
    this.registry.onChange(() => this.#sharePlugins())
    const common = {
      assistantName,
      logger,
      timeouts: this.#timeouts,
      servicesFor: options.servicesFor.bind(options),
      meet: (plugin: PluginIdentity, requires: readonly string[]) =>
        this.#requirements.meet(plugin, requires, this.#entries),
      chatBlock: (plugin: string, chatId: number) => options.chatBlock?.(plugin, chatId),
      signal: this.#stopping.signal,
    }
    this.#inline = new InlineStarter(common)
    this.#processes = new ProcessStarter({ ...common, dataFolder })
    this.#entries = this.#list(options, options.candidates)
  }

  start(): Promise<StartReport> {
    return (this.#started ??= this.#inTurn(this.#options))
  }

  apply(plan: HostPlan): Promise<StartReport> {
    return this.#inTurn(plan)
  }

  async restart(name: string): Promise<boolean> {
    const plugin = this.#running(name)
    if (!plugin?.restart) return false
    await plugin.restart()
    return true
  }

  async checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined> {
    await this.#changing
    const plugin = this.#running(name)
    return plugin && withDeadline(plugin.checkConfig(block), PROVIDED_SECONDS)
  }

  async call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown> {
    await this.#requirements.whenStarted(plugin)
    const target = this.#running(plugin)
    if (target) return withDeadline(target.callProvided(method, args), PROVIDED_SECONDS)
    throw new PluggramError(
      'plugin-not-found',
      `Plugin ${plugin} does not run, so ${method} cannot be called.`,
    )
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

  #running(name: string): HostedPlugin | undefined {
    return this.#entries.find((entry) => entry.name === name && entry.state === 'running')?.plugin
  }

  /** One plan after another. */
  #inTurn(plan: HostPlan): Promise<StartReport> {
    const change = this.#changing.then(() => this.#bringTo(plan))
    this.#changing = change
    return change
  }

  async #bringTo(plan: HostPlan): Promise<StartReport> {
    const candidates = await Promise.all(plan.candidates.map((candidate) => withRealPaths(candidate)))
    const current: HostPlan = { ...plan, candidates }
    if (this.#stopping.signal.aborted) return { states: this.states(), problems: [], changed: [] }
    await this.#processes.open()
    this.#order = new OwnersOrder(this.#builtIn, plan.order)
    this.registry.setOrder(this.#order)
    const old = new Map(this.#entries.map((entry) => [keyOf(entry), entry]))
    const wanted = this.#list(current, candidates)
    for (const entry of wanted) await fingerprint(entry, current)
    const changed: string[] = []
    this.#entries = await Promise.all(
      wanted.map(async (entry) => {
        const before = old.get(keyOf(entry))
        entry.configSchema = before?.configSchema
        if (!before?.plugin || before.fingerprint !== entry.fingerprint || !isOn(entry)) return entry
        if (before.blockDigest === entry.blockDigest && !before.problem) return before
        return this.#reconfigure(before, entry, current, changed)
      }),
    )
    const inlineOnes = this.#entries.filter(({ isolation }) => isolation === 'inline')
    this.#inline.cover(inlineOnes.flatMap(({ candidate }) => candidate?.directory ?? []))
    await this.#leave(old, new Set(this.#entries))
    const fresh = this.#entries.filter((entry) => entry.state === 'starting')
    const unknown = await this.#takeKnown(fresh, current, old)
    const starts = unknown.map((entry) => {
      const start = this.#startOne(entry, current, old.get(keyOf(entry)))
      this.#requirements.starting(entry.name, start)
      return start
    })
    await Promise.all(starts)
    await this.#processes.save()
    return this.#report(old, changed)
  }

  /** Ends plugins that are off or gone now; those that are replaced go when their successor is there. */
  async #leave(old: ReadonlyMap<string, PluginEntry>, kept: ReadonlySet<PluginEntry>): Promise<void> {
    const next = new Map([...kept].map((entry) => [keyOf(entry), entry]))
    for (const [key, entry] of old) {
      if (!entry.plugin || kept.has(entry) || next.get(key)?.state === 'starting') continue
      this.registry.change({ remove: [entry.plugin] })
      void this.#retire(entry.plugin)
    }
  }

  /** Plugins that did not change since an earlier start come back at once; gives the others. */
  async #takeKnown(
    entries: readonly PluginEntry[],
    plan: HostPlan,
    old: ReadonlyMap<string, PluginEntry>,
  ): Promise<readonly PluginEntry[]> {
    const known: PluginEntry[] = []
    for (const entry of entries) {
      const { candidate } = entry
      if (!candidate || entry.isolation === 'inline' || old.get(keyOf(entry))?.plugin) continue
      const found = await this.#processes.fromCache(candidate, plan).catch(() => undefined)
      if (!found) continue
      this.#accept(entry, found)
      known.push(entry)
    }
    this.registry.change({ add: known.flatMap((entry) => routable(entry)) })
    warmUp(known)
    const taken = new Set(known)
    return entries.filter((entry) => !taken.has(entry))
  }

  async #startOne(entry: PluginEntry, plan: HostPlan, before: PluginEntry | undefined): Promise<void> {
    const predecessor = before?.plugin
    try {
      const { candidate } = entry
      const started =
        entry.isolation === 'process' && candidate
          ? await this.#processes.start(candidate, plan)
          : await this.#inline.start(entry, plan)
      this.#accept(entry, started)
      this.registry.change({ add: routable(entry), ...(predecessor && { remove: [predecessor] }) })
      if (predecessor) void this.#retire(predecessor, started.plugin)
    } catch (error) {
      this.#fail(entry, error)
      if (!before || !predecessor || this.#stopping.signal.aborted) return
      goOn(entry, before)
    }
  }

  /** Lets a plugin go on with another block where it can; gives the entry that holds from now on. */
  async #reconfigure(
    before: PluginEntry,
    entry: PluginEntry,
    plan: HostPlan,
    changed: string[],
  ): Promise<PluginEntry> {
    const outcome = await reconfigure(before, plan, this.#timeouts.startSeconds)
    if (outcome === 'replace') return entry
    if (outcome instanceof ProblemError) {
      this.#fail(entry, outcome)
      goOn(entry, before)
      return entry
    }
    if (before.blockDigest !== entry.blockDigest) changed.push(entry.name)
    before.blockDigest = entry.blockDigest
    delete before.problem
    return before
  }

  #accept(entry: PluginEntry, started: { plugin: HostedPlugin; warnings: readonly PluginProblem[] }): void {
    entry.plugin = started.plugin
    entry.warnings = started.warnings
    entry.state = 'running'
    for (const warning of started.warnings) this.#options.onProblem?.(warning)
  }

  #fail(entry: PluginEntry, error: unknown): void {
    if (this.#stopping.signal.aborted) {
      entry.state = 'stopped'
      return
    }
    const known = isThrown(error, ProblemError) ? error : undefined
    const cause = known ? known.cause : error
    entry.state = 'failed'
    entry.configSchema = known?.configSchema ?? entry.configSchema
    entry.problem = known?.problem ?? startProblem(entry, error)
    this.#options.onProblem?.(entry.problem)
    this.#options.logger.debug(`Plugin ${entry.name} was left out`, {
      plugin: entry.name,
      stack: thrownText(cause, 'stack'),
    })
  }

  /** Lets a plugin finish what it works on, and ends it. */
  async #retire(plugin: HostedPlugin, successor?: HostedPlugin): Promise<void> {
    this.#retiring.add(plugin)
    if (successor && plugin instanceof SupervisedPlugin) plugin.successor = successor
    await plugin.whenIdle(this.#stopping.signal.aborted ? 0 : RETIRE_SECONDS)
    await plugin.stop(this.#timeouts.cleanupSeconds)
    this.#retiring.delete(plugin)
  }

  #report(old: ReadonlyMap<string, PluginEntry>, reconfigured: readonly string[]): StartReport {
    const running = this.#entries.flatMap((entry) => (entry.plugin ? [entry.plugin.descriptor] : []))
    const clashes = commandProblems(running, this.#order)
    const now = new Map(this.#entries.map((entry) => [keyOf(entry), entry]))
    const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
      (key) => old.get(key)?.plugin !== now.get(key)?.plugin,
    )
    return {
      states: this.states(),
      changed: [...reconfigured, ...changed.map((key) => key.slice(key.indexOf('/') + 1))],
      problems: this.#entries.flatMap((entry) => [
        ...(entry.problem ? [entry.problem] : []),
        ...entry.warnings,
        ...clashes.filter(({ plugin }) => plugin === entry.name),
      ]),
    }
  }

  async #stopAll(): Promise<void> {
    this.#stopping.abort(new Error('the assistant is stopping'))
    await this.#changing
    this.registry.clear()
    let isPunctual = true
    const late: Promise<boolean>[] = [...this.#retiring].map((plugin) =>
      plugin.stop(this.#timeouts.cleanupSeconds),
    )
    for (const entry of this.#entries.toReversed()) {
      if (!entry.plugin) continue
      entry.state = 'stopped'
      const end = entry.plugin.stop(this.#timeouts.cleanupSeconds)
      if (isPunctual) isPunctual = await end
      else late.push(end)
    }
    await Promise.all(late)
    this.#inline.stop()
  }

  /** Tells plugins in their processes about the others, once for many changes. */
  #sharePlugins(): void {
    if (this.#isSharing) return
    this.#isSharing = true
    setImmediate(() => {
      this.#isSharing = false
      for (const { plugin } of this.#entries) plugin?.pluginsChanged?.()
    })
  }

  #list(plan: HostPlan, candidates: HostPlan['candidates']): readonly PluginEntry[] {
    const builtIn = (this.#options.builtIn ?? []).map(({ name, definition }) =>
      builtInEntry(name, definition),
    )
    const discovered = candidates.map((candidate) => {
      const level = levelOf(plan, candidate)
      return this.#order.isBuiltIn(candidate.name)
        ? takenEntry(candidate, level)
        : discoveredEntry(candidate, level, plan.isEnabled(candidate.name))
    })
    return [...builtIn, ...discovered].toSorted((a, b) => this.#order.compare(a.name, b.name))
  }
}
