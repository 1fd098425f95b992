import os from 'node:os'
import path from 'node:path'
import type { LocalText, Logger, PluginManifest } from '@pluggram/sdk'
import type { PluginDescriptor } from '@pluggram/sdk/runtime'
import type { PluginScope } from '../start/effect-scope.ts'
import { levelOf } from '../host-plan.ts'
import type { HostPlan } from '../host-plan.ts'
import type { HostTimeouts } from '../start/plugin-timeouts.ts'
import type { HostServices } from '../start/local-services.ts'
import { placeOf } from '../discover/plugin-candidate.ts'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import { effectiveTimeouts } from '../start/plugin-timeouts.ts'
import type { PluginIdentity } from '../start/read-manifest.ts'
import type { JsonObject } from '../json-types.ts'
import { AcceptedSources } from './accepted-sources.ts'
import { DEFAULT_MEMORY_MB, launchPlugin } from './launch-plugin.ts'
import type { GroupMember, LaunchedPlugin, LaunchPluginOptions } from './launch-plugin.ts'
import { ManifestCache } from './manifest-cache.ts'
import type { KnownPlugin } from './manifest-cache.ts'
import type { PluginProcess } from './plugin-process.ts'
import { ProcessGroups } from './process-groups.ts'
import { StartQueue } from './start-queue.ts'
import { SupervisedPlugin } from './supervised-plugin.ts'
import type { ProcessEvents } from './supervised-plugin.ts'

export interface ProcessStarterOptions {
  readonly assistantName: string
  readonly timeouts: Required<HostTimeouts>
  servicesFor(name: string, manifest: PluginManifest, effects: PluginScope): HostServices
  /** Waits for the plugins that a plugin requires. */
  meet(plugin: PluginIdentity, requires: readonly string[]): Promise<void>
  chatBlock(plugin: string, chatId: number): JsonObject | undefined
  readonly dataFolder?: string | undefined
  readonly logger: Logger
  /** Aborted when the host stops. */
  readonly signal: AbortSignal
}

/** An accepted plugin, and what its start reported. */
export interface StartedPlugin {
  readonly plugin: SupervisedPlugin
  readonly warnings: readonly PluginProblem[]
}

/** What an earlier start reported about a plugin that has not changed since. */
export interface RecalledPlugin {
  readonly descriptor?: PluginDescriptor
  readonly started?: StartedPlugin
}

const DEFAULT_IDLE_SECONDS = 300
/**
 * When many plugins start for the first time, their manifests are read, but only this many
 * processes are kept.
 */
const MAX_WARM_PROCESSES = 16

/** Starts plugins in their own processes, each as late as possible. */
export class ProcessStarter {
  readonly #options: ProcessStarterOptions
  readonly #cache: ManifestCache | undefined
  readonly #queue = new StartQueue(Math.max(4, os.availableParallelism()))
  readonly #services = new Map<PluginProcess, HostServices>()
  readonly #groups = new ProcessGroups()
  #isOpen = false

  constructor(options: ProcessStarterOptions) {
    this.#options = options
    const { dataFolder } = options
    if (dataFolder !== undefined) {
      this.#cache = new ManifestCache(path.join(dataFolder, 'cache', 'manifests.json'))
    }
  }

  /** Loads what is known from earlier starts. */
  async open(): Promise<void> {
    if (!this.#isOpen) await this.#cache?.open()
    this.#isOpen = true
  }

  /** A plugin's title when it last started. */
  titleOf(plugin: string): LocalText | undefined {
    return this.#cache?.titleOf(plugin)
  }

  /** Saves what was learned. */
  async save(): Promise<void> {
    await this.#cache?.save()
  }

  /**
   * What is known about a plugin from an earlier start; with `started` if it need not run until it
   * is used.
   */
  async recall(candidate: PluginCandidate, plan: HostPlan): Promise<RecalledPlugin> {
    const found = await this.#cache?.find(candidate.name, basis(candidate, plan)).catch(() => undefined)
    if (!found) return {}
    const { files, known } = found
    const { descriptor, hadEffects, manifest } = known
    if (hadEffects || (manifest.requires ?? []).length > 0) return { descriptor }
    const accepted = await AcceptedSources.read(files)
    return {
      descriptor,
      started: { plugin: this.#supervise(candidate, plan, known, accepted), warnings: [] },
    }
  }

  /** @throws ProblemError when the plugin cannot or must not be started */
  async start(candidate: PluginCandidate, plan: HostPlan): Promise<StartedPlugin> {
    const relay: { target?: ProcessEvents } = {}
    const launched = await this.#launch(candidate, plan, {
      onCrash: (process, error) => relay.target?.onCrash(process, error),
      onEffects: (labels) => relay.target?.onEffects(labels),
    })
    const { started, loaded, process } = launched
    const known: KnownPlugin = {
      manifest: loaded.manifest,
      descriptor: started.descriptor,
      hadEffects: started.effects.length > 0,
    }
    const files = [...new Set([candidate.entry, ...loaded.files, ...packageFiles(candidate)])]
    const plugin = this.#supervise(candidate, plan, known, await AcceptedSources.read(files))
    relay.target = plugin.events
    plugin.adopt({ process, effects: started.effects })
    // warnings are not cached, so a plugin that has some is started next time to report them again
    if (started.warnings.length === 0) {
      await this.#cache?.remember(candidate.name, basis(candidate, plan), { files, known })
    }
    if (this.#services.size > MAX_WARM_PROCESSES) await plugin.coolDown()
    return { plugin, warnings: started.warnings }
  }

  #supervise(
    candidate: PluginCandidate,
    plan: HostPlan,
    known: KnownPlugin,
    accepted: AcceptedSources,
  ): SupervisedPlugin {
    const options = this.#launchOptions(candidate, plan)
    let current = plan
    return new SupervisedPlugin({
      descriptor: known.descriptor,
      file: candidate.entry,
      launch: async (events) => {
        const sources = await accepted.changed()
        const { process, started } = await this.#launch(candidate, current, events, sources)
        return { process, effects: started.effects }
      },
      follow: (next) => (current = next),
      sharePlugins: (process) => this.#sharePlugins(process),
      timeouts: effectiveTimeouts(known.manifest.timeouts, options.limits, options.defaults),
      idleSeconds: options.limits.idleSeconds ?? DEFAULT_IDLE_SECONDS,
      isIdempotent: known.manifest.isIdempotent,
      logger: this.#options.logger,
    })
  }

  async #launch(
    candidate: PluginCandidate,
    plan: HostPlan,
    events: ProcessEvents,
    sources?: Readonly<Record<string, string>>,
  ): Promise<LaunchedPlugin> {
    const options = { ...this.#launchOptions(candidate, plan), sources }
    const launched = await this.#queue.run(() => launchPlugin(options, events))
    const { process, services } = launched
    this.#services.set(process, services)
    void process.ended.then(() => this.#services.delete(process))
    return launched
  }

  #sharePlugins(process: PluginProcess): void {
    const services = this.#services.get(process)
    if (services) process.setPlugins(services.assistant.plugins())
  }

  #launchOptions(candidate: PluginCandidate, plan: HostPlan): LaunchPluginOptions {
    const { assistantName, timeouts, dataFolder, logger, signal } = this.#options
    const limits = plan.limitsFor?.(candidate.name) ?? {}
    const group = limits.group
    return {
      candidate,
      pluginPaths: [...plan.candidates.map((other) => placeOf(other)), ...(plan.pluginPaths ?? [])],
      ...(group !== undefined && {
        group: { name: group, members: groupMembers(plan, group), processes: this.#groups },
      }),
      memoryMb: limits.memoryMb ?? DEFAULT_MEMORY_MB,
      limits,
      defaults: timeouts,
      grants: plan.grantsFor?.(candidate.name) ?? 'everything',
      blockFor: (jsonSchema) => plan.configFor(candidate.name, jsonSchema).block,
      assistantName,
      chatBlock: this.#options.chatBlock.bind(this.#options, candidate.name),
      servicesFor: (name, manifest, effects) => this.#options.servicesFor(name, manifest, effects),
      meet: (plugin, requires) => this.#options.meet(plugin, requires),
      describeIssues: plan.describeIssues,
      dataFolder,
      logger,
      signal,
    }
  }
}

/** Everything besides the content of its files that affects a plugin's manifest. */
function basis(candidate: PluginCandidate, plan: HostPlan): unknown {
  return [
    candidate.entry,
    plan.configFor(candidate.name, undefined).block,
    plan.limitsFor?.(candidate.name) ?? {},
    plan.grantsFor?.(candidate.name) ?? 'everything',
  ]
}

function groupMembers(plan: HostPlan, group: string): readonly GroupMember[] {
  return plan.candidates
    .map((candidate) => ({ candidate, limits: plan.limitsFor?.(candidate.name) ?? {} }))
    .filter(
      ({ candidate, limits }) =>
        limits.group === group && plan.isEnabled(candidate.name) && levelOf(plan, candidate) === 'process',
    )
    .map(({ candidate, limits }) => ({
      candidate,
      memoryMb: limits.memoryMb ?? DEFAULT_MEMORY_MB,
      isSandboxed: limits.sandbox === 'bubblewrap',
      grants: plan.grantsFor?.(candidate.name) ?? 'everything',
    }))
}

function packageFiles({ packageFile }: PluginCandidate): readonly string[] {
  return packageFile === undefined ? [] : [packageFile]
}
