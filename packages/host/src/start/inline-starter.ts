import { withinTotalTime } from '@pluggram/base'
import type { Logger, PluginManifest } from '@pluggram/sdk'
import { BlockWatch } from '../calls/block-watch.ts'
import type { PluginScope } from './effect-scope.ts'
import type { HostPlan } from '../host-plan.ts'
import type { HostTimeouts } from './plugin-timeouts.ts'
import type { HostServices } from './local-services.ts'
import { loadPlugin } from './load-plugin.ts'
import type { LoadedPlugin } from './load-plugin.ts'
import { installModuleHooks } from './module-hooks.ts'
import type { ModuleHooks } from './module-hooks.ts'
import type { PluginEntry } from '../plugin-entry.ts'
import { toPlugin } from './plugin-module.ts'
import { toolRoleOf } from '../calls/tool-role.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import { effectiveTimeouts } from './plugin-timeouts.ts'
import type { RunningPlugin } from '../calls/running-plugin.ts'
import { readManifest } from './read-manifest.ts'
import type { PluginIdentity } from './read-manifest.ts'
import { startPlugin } from './start-plugin.ts'
import { checkSyntax } from './syntax-check.ts'
import type { JsonObject } from '../json-types.ts'

export interface InlineStarterOptions {
  readonly assistantName: string
  readonly timeouts: Required<HostTimeouts>
  servicesFor(name: string, manifest: PluginManifest, effects: PluginScope): HostServices
  /** Waits for the plugins that this one requires. */
  meet(plugin: PluginIdentity, requires: readonly string[]): Promise<void>
  chatBlock(plugin: string, chatId: number): JsonObject | undefined
  readonly logger: Logger
  /** Aborted when the host stops. */
  readonly signal: AbortSignal
}

/** A plugin that blocks repeatedly is reported once in this time. */
const QUIET_MS = 10_000

/** Starts plugins in this process. */
export class InlineStarter {
  readonly #options: InlineStarterOptions
  readonly #fingerprints = new Map<string, string>()
  #hooks: ModuleHooks | undefined
  #generation = 0
  readonly #watch = new BlockWatch({
    onBlocked: (plugins, milliseconds) => this.#tell(plugins, milliseconds),
  })
  readonly #toldAt = new Map<string, number>()

  constructor(options: InlineStarterOptions) {
    this.#options = options
  }

  /** Lets files in these folders import the sdk. */
  cover(directories: readonly string[]): void {
    if (this.#hooks) this.#hooks.add(directories)
    else this.#hooks = installModuleHooks(directories)
  }

  /** @throws ProblemError, or what the configuration or the services threw */
  async start(
    entry: PluginEntry,
    plan: HostPlan,
  ): Promise<{ plugin: RunningPlugin; warnings: readonly PluginProblem[] }> {
    const { assistantName } = this.#options
    const { candidate } = entry
    const limits = plan.limitsFor?.(entry.name)
    const load = withinTotalTime(
      (limits?.startSeconds ?? this.#options.timeouts.startSeconds) * 1_000,
      this.#options.signal,
    )
    const identity = {
      name: entry.name,
      toolRole: toolRoleOf(entry.origin),
      ...(candidate && {
        file: candidate.entry,
        directory: candidate.directory,
        isSingleFile: candidate.isSingleFile === true,
      }),
    }
    const loaded = await this.#load(entry, load)
    const checked = readManifest(identity, loaded)
    const timeouts = effectiveTimeouts(checked.manifest.timeouts, limits, this.#options.timeouts)
    const within = withinTotalTime(timeouts.startSeconds * 1_000, this.#options.signal)
    // the assistant itself starts built-in plugins in the right order
    if (entry.origin !== 'built-in')
      await within(this.#options.meet(identity, checked.manifest.requires ?? []))
    return startPlugin(identity, loaded, checked, {
      assistantName,
      blockFor: (jsonSchema) => plan.configFor(entry.name, jsonSchema).block,
      servicesFor: (name, manifest, effects) => this.#options.servicesFor(name, manifest, effects),
      describeIssues: plan.describeIssues,
      chatBlock: this.#options.chatBlock.bind(this.#options, entry.name),
      within,
      controller: new AbortController(),
      timeouts,
      limits: timeouts,
      watch: this.#watch,
    })
  }

  stop(): void {
    this.#watch.stop()
    this.#hooks?.remove()
  }

  #tell(plugins: readonly string[], milliseconds: number): void {
    const names = plugins.join(' or ')
    const now = Date.now()
    if (now - (this.#toldAt.get(names) ?? 0) < QUIET_MS) return
    this.#toldAt.set(names, now)
    this.#options.logger.warn(
      `Plugin ${names} blocked the event loop for ${Math.round(milliseconds)} ms: nothing else was answered meanwhile`,
      { plugin: plugins[0] },
    )
  }

  async #load(entry: PluginEntry, within: <T>(work: Promise<T>) => Promise<T>): Promise<LoadedPlugin> {
    const { candidate, definition, name, fingerprint: code, blockDigest } = entry
    if (definition) return { module: toPlugin(definition), packageManifest: {} }
    if (!candidate || !this.#hooks) throw new Error('nothing to load')
    const fingerprint = `${code}/${blockDigest}`
    const isKnown = this.#fingerprints.has(name)
    if (isKnown && this.#fingerprints.get(name) !== fingerprint) this.#generation += 1
    const generation = isKnown ? this.#generation : 0
    this.#fingerprints.set(name, fingerprint)
    return loadPlugin(candidate, this.#hooks, within, checkSyntax, generation)
  }
}
