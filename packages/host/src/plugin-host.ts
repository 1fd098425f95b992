import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { PluggramError } from '@pluggram/sdk'
import type { PluginStatus } from '@pluggram/sdk'
import type { ConfigIssue, PluginDescriptor } from '@pluggram/sdk/runtime'
import { FailedStarts } from './start/failed-starts.ts'
import { isThrown, thrownText } from './error-location.ts'
import type { HostPlan } from './host-plan.ts'
import { DEFAULT_TIMEOUTS } from './start/plugin-timeouts.ts'
import type { HostTimeouts } from './start/plugin-timeouts.ts'
import type { HostedPlugin } from './hosted-plugin.ts'
import { InlineStarter } from './start/inline-starter.ts'
import { createPluginList, type ListedRegistry } from './calls/listed-registry.ts'
import { withRealPaths } from './start/load-plugin.ts'
import {
  fingerprintEntry,
  goOn,
  inherit,
  isOn,
  keyOf,
  listEntries,
  routable,
  startOf,
  startProblem,
  toState,
} from './plugin-entry.ts'
import { PatientStatus, statusOf } from './calls/patient-status.ts'
import type { PluginEntry } from './plugin-entry.ts'
import type { PluginHost, PluginHostOptions, StartReport } from './plugin-host-contract.ts'
import { ProblemError } from './plugin-problem.ts'
import type { PluginProblem } from './plugin-problem.ts'
import type { PluginState } from './plugin-state.ts'
import type { PluginIdentity } from './start/read-manifest.ts'
import { ProcessStarter } from './process/process-starter.ts'
import { followBlock } from './calls/reconfigure.ts'
import { Requirements } from './start/requirements.ts'
import { commandProblems, OwnersOrder } from './calls/routing-order.ts'
import type { JsonObject } from './json-types.ts'
import { warmUp } from './start/warm-up.ts'

/** Creates a host; nothing is imported before `start`. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  return new TwoLevelHost(options)
}

/** How long a replaced plugin may take to finish its work. */
const RETIRE_SECONDS = 120
/**
 * A start that fails after this time is retried only when the plugin changes, because other changes
 * wait for it.
 */
const SLOW_MS = 1_500
/** Health checks usually allow the assistant one second. */
const HEALTH_PATIENCE_MS = 750
/** How long a start may queue before its own time limit starts. */
const QUEUE_SECONDS = 5

/** A plugin to start, with what is known from an earlier start. */
interface Unstarted {
  readonly entry: PluginEntry
  readonly descriptor?: PluginDescriptor | undefined
}

class TwoLevelHost implements PluginHost {
  readonly registry: ListedRegistry
  readonly #patient = new PatientStatus(HEALTH_PATIENCE_MS)
  readonly #options: PluginHostOptions
  readonly #builtIn: readonly string[]
  readonly #timeouts: Required<HostTimeouts>
  readonly #stopping = new AbortController()
  readonly #inline: InlineStarter
  readonly #processes: ProcessStarter
  readonly #failedStarts: FailedStarts
  readonly #retiring = new Set<HostedPlugin>()
  readonly #requirements = new Requirements()
  #order: OwnersOrder
  #entries: readonly PluginEntry[]
  readonly #settled = Promise.withResolvers<unknown>()
  #plan: HostPlan
  #isSharing = false
  #started: Promise<StartReport> | undefined
  #changing: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(options: PluginHostOptions) {
    const { assistantName, logger, dataFolder } = options
    this.#options = options
    this.#plan = options
    this.#builtIn = (options.builtIn ?? []).map(({ name }) => name)
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
    this.#order = new OwnersOrder(this.#builtIn, options.order)
    this.registry = options.list ?? createPluginList(logger)
    this.registry.onChange(() => this.#sharePlugins())
    const common = {
      assistantName,
      logger,
      timeouts: this.#timeouts,
      servicesFor: options.servicesFor.bind(options),
      meet: (plugin: PluginIdentity, requires: readonly string[]) =>
        this.#requirements.meet(plugin, requires, this.#entries),
      chatBlock: options.chatBlock?.bind(options) ?? (() => undefined),
      signal: this.#stopping.signal,
    }
    this.#inline = new InlineStarter(common)
    this.#processes = new ProcessStarter({ ...common, dataFolder })
    this.#failedStarts = new FailedStarts(
      dataFolder === undefined ? undefined : path.join(dataFolder, 'cache', 'failed-starts.json'),
    )
    this.#entries = this.#list(options)
  }

  start(): Promise<StartReport> {
    return (this.#started ??= this.#inTurn(this.#options))
  }

  async whenSettled(): Promise<void> {
    await this.#settled.promise
  }

  apply(plan: HostPlan): Promise<StartReport> {
    return this.#inTurn(plan)
  }

  async restart(name: string): Promise<boolean> {
    const entry = this.#entries.find((item) => item.name === name && item.origin !== 'built-in')
    if (entry?.state === 'failed' && entry.candidate) {
      entry.slowFailure = undefined
      await this.apply(this.#plan)
      return true
    }
    const plugin = this.#running(name)
    if (!plugin?.restart) return false
    await plugin.restart()
    return true
  }

  async checkConfig(name: string, block: JsonObject): Promise<readonly ConfigIssue[] | undefined> {
    await this.#changing
    const plugin = this.#running(name)
    return plugin?.ask('check-config', { block })
  }

  async call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown> {
    await this.#requirements.whenStarted(plugin)
    const target = this.#running(plugin)
    if (target) return target.ask('provided', { method, args })
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
    return this.#askAll(statusOf)
  }

  quickStatuses(): Promise<readonly PluginState[]> {
    return this.#askAll((plugin) => this.#patient.of(plugin))
  }

  #askAll(ask: (plugin: HostedPlugin) => Promise<PluginStatus>): Promise<readonly PluginState[]> {
    return Promise.all(
      this.#entries.map(async (entry) =>
        entry.state === 'running' && entry.plugin
          ? { ...toState(entry), status: await ask(entry.plugin) }
          : toState(entry),
      ),
    )
  }

  #running(name: string): HostedPlugin | undefined {
    return this.#entries.find((entry) => entry.name === name && entry.state === 'running')?.plugin
  }

  /** Applies plans one after another. */
  #inTurn(plan: HostPlan): Promise<StartReport> {
    const change = this.#changing.then(() => this.#bringTo(plan))
    this.#changing = change
    return change
  }

  async #bringTo(plan: HostPlan): Promise<StartReport> {
    const candidates = await Promise.all(plan.candidates.map((candidate) => withRealPaths(candidate)))
    const pluginPaths = await Promise.all(
      (plan.pluginPaths ?? []).map((file) => realpath(file).catch(() => file)),
    )
    const current: HostPlan = { ...plan, candidates, pluginPaths }
    if (this.#stopping.signal.aborted) return { states: this.states(), problems: [], changed: [] }
    this.#plan = plan
    await Promise.all([this.#processes.open(), this.#failedStarts.open()])
    this.#order = new OwnersOrder(this.#builtIn, plan.order)
    this.registry.setOrder(this.#order)
    const old = new Map(this.#entries.map((entry) => [keyOf(entry), entry]))
    const wanted = this.#list(current)
    for (const entry of wanted) await fingerprintEntry(entry, current)
    const reconfigured: string[] = []
    this.#entries = await Promise.all(
      wanted.map((entry) => this.#keepOrStart(old.get(keyOf(entry)), entry, current, reconfigured)),
    )
    const inlineOnes = this.#entries.filter(({ isolation }) => isolation === 'inline')
    this.#inline.cover(inlineOnes.flatMap(({ candidate }) => candidate?.directory ?? []))
    await this.#leave(old, this.#entries)
    const fresh = this.#entries.filter((entry) => entry.state === 'starting')
    const { known, unknown } = await this.#takeKnown(fresh, current, old)
    const starts = unknown.map((unstarted) => {
      const { entry } = unstarted
      const start = this.#startOne(entry, current, old.get(keyOf(entry)))
      this.#requirements.starting(entry.name, start)
      if (plan === this.#options) this.#letMessagesWait(unstarted, current, start)
      return start
    })
    this.#settled.resolve(Promise.all(this.registry.pending.map(({ settled }) => settled)))
    await Promise.all(starts)
    void warmUp(known, this.#stopping.signal)
    await Promise.all([this.#processes.save(), this.#failedStarts.save()])
    return this.#report(old, reconfigured)
  }

  /** Chooses the entry to use: the old one if it can continue, perhaps with another block. */
  async #keepOrStart(
    before: PluginEntry | undefined,
    entry: PluginEntry,
    plan: HostPlan,
    reconfigured: string[],
  ): Promise<PluginEntry> {
    inherit(entry, before, this.#processes.titleOf(entry.name))
    if (!before || !isOn(entry)) return entry
    const outcome = await followBlock(before, entry, plan)
    if (outcome === 'start') return entry
    if (outcome instanceof ProblemError) {
      this.#fail(entry, outcome)
      goOn(entry, before)
      return entry
    }
    if (outcome === 'reconfigured') reconfigured.push(entry.name)
    return before
  }

  /** Stops plugins that are off or gone. Replaced ones stop once their successor runs. */
  async #leave(old: ReadonlyMap<string, PluginEntry>, kept: readonly PluginEntry[]): Promise<void> {
    const next = new Map(kept.map((entry) => [keyOf(entry), entry]))
    for (const [key, entry] of old) {
      const successor = next.get(key)
      // after a refused block the same plugin continues in a new entry
      if (!entry.plugin || successor?.plugin === entry.plugin || successor?.state === 'starting') continue
      this.registry.change({ remove: [entry.plugin] })
      void this.#retire(entry.plugin)
    }
  }

  /**
   * Accepts plugins that have not changed since an earlier start, without starting them. Returns
   * the others.
   */
  async #takeKnown(
    entries: readonly PluginEntry[],
    plan: HostPlan,
    old: ReadonlyMap<string, PluginEntry>,
  ): Promise<{ readonly known: readonly PluginEntry[]; readonly unknown: readonly Unstarted[] }> {
    const known: PluginEntry[] = []
    const unknown: Unstarted[] = []
    for (const entry of entries) {
      const { candidate } = entry
      const mayBeKnown = candidate && entry.isolation === 'process' && !old.get(keyOf(entry))?.plugin
      const { started, descriptor } = mayBeKnown ? await this.#processes.recall(candidate, plan) : {}
      if (started) {
        this.#accept(entry, started)
        known.push(entry)
      } else unknown.push({ entry, descriptor })
    }
    this.registry.change({ add: known.flatMap((entry) => routable(entry)) })
    return { known, unknown }
  }

  /** Messages that may be for a plugin wait for its first start, unless its last start failed. */
  #letMessagesWait({ entry, descriptor }: Unstarted, plan: HostPlan, start: Promise<unknown>): void {
    const { name } = entry
    if (this.#failedStarts.has(name, startOf(entry))) return
    const seconds = (plan.limitsFor?.(name)?.startSeconds ?? this.#timeouts.startSeconds) + QUEUE_SECONDS
    this.registry.firstStarts.add({ name, start, seconds, descriptor })
  }

  async #startOne(entry: PluginEntry, plan: HostPlan, before: PluginEntry | undefined): Promise<void> {
    const predecessor = before?.plugin
    const startedAt = performance.now()
    try {
      const { candidate } = entry
      const started =
        entry.isolation === 'process' && candidate
          ? await this.#processes.start(candidate, plan)
          : await this.#inline.start(entry, plan)
      this.#accept(entry, started)
      this.#failedStarts.note(entry.name, startOf(entry), false)
      this.registry.change({ add: routable(entry), ...(predecessor && { remove: [predecessor] }) })
      if (predecessor) void this.#retire(predecessor, started.plugin)
    } catch (error) {
      this.#fail(entry, error)
      if (performance.now() - startedAt > SLOW_MS) entry.slowFailure = startOf(entry)
      if (!before || !predecessor || this.#stopping.signal.aborted) return
      goOn(entry, before)
    }
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
    this.#failedStarts.note(entry.name, startOf(entry), true)
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

  /** Lets a plugin finish its work, then stops it. */
  async #retire(plugin: HostedPlugin, successor?: HostedPlugin): Promise<void> {
    this.#retiring.add(plugin)
    plugin.successor = successor
    await plugin.whenIdle(this.#stopping.signal.aborted ? 0 : RETIRE_SECONDS)
    await plugin.stop()
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
    const late = [...this.#retiring].map((plugin) => plugin.stop(this.#stopSeconds(plugin)))
    for (const entry of this.#entries.toReversed()) {
      if (!entry.plugin) continue
      entry.state = 'stopped'
      const end = entry.plugin.stop(this.#stopSeconds(entry.plugin))
      if (isPunctual) isPunctual = await end
      else late.push(end)
    }
    await Promise.all(late)
    this.#inline.stop()
  }

  /** When the assistant stops, only the owner's settings can give a plugin more time. */
  #stopSeconds({ descriptor }: HostedPlugin): number {
    return this.#plan.limitsFor?.(descriptor.name)?.cleanupSeconds ?? this.#timeouts.cleanupSeconds
  }

  /** Sends the list of plugins to all plugin processes, once for many changes. */
  #sharePlugins(): void {
    if (this.#isSharing) return
    this.#isSharing = true
    setImmediate(() => {
      this.#isSharing = false
      for (const { plugin } of this.#entries) plugin?.pluginsChanged?.()
    })
  }

  #list(plan: HostPlan): readonly PluginEntry[] {
    return listEntries(plan, this.#options.builtIn ?? [], this.#order)
  }
}
