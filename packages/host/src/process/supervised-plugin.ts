import { PluggramError } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import { CALLS } from '@pluggram/sdk/runtime'
import type { Answer, CallKind, PluginDescriptor, Question, RunnablePlugin } from '@pluggram/sdk/runtime'
import { setTimeout as sleep } from 'node:timers/promises'
import { askStopped, secondsByKind } from '../calls/call-limits.ts'
import { thrownMessage } from '../error-location.ts'
import type { HostPlan } from '../host-plan.ts'
import type { Condition, HostedPlugin } from '../hosted-plugin.ts'
import type { PluginProblem } from '../plugin-problem.ts'
import type { EffectiveTimeouts } from '../start/plugin-timeouts.ts'
import { backOff } from './back-off.ts'
import { PluginCrashError } from './crash.ts'
import type { PluginProcess } from './plugin-process.ts'

/** A process with a started plugin. */
export interface ReadyProcess {
  readonly process: PluginProcess
  /** Labels of the effects that the plugin had when it started. */
  readonly effects: readonly string[]
}

/** What a process reports to its supervisor. */
export interface ProcessEvents {
  onCrash(process: PluginProcess, error: PluginCrashError): void
  onEffects(labels: readonly string[]): void
}

export interface SupervisedPluginOptions {
  readonly descriptor: PluginDescriptor
  readonly file?: string
  /** Starts a process and the plugin in it. */
  launch(events: ProcessEvents): Promise<ReadyProcess>
  /** Uses this plan for further starts. */
  follow(plan: HostPlan): void
  /** Sends the list of the assistant's plugins to the process. */
  sharePlugins(process: PluginProcess): void
  readonly timeouts: EffectiveTimeouts
  /** After this long without use the process is stopped; it is started again when needed. */
  readonly idleSeconds: number
  /** Whether a message that crashed the process is retried once. */
  readonly isIdempotent: boolean
  readonly logger: Logger
  readonly random?: () => number
}

const CRASHES_TO_PARK = 3
const CRASH_WINDOW_MS = 5 * 60_000
/** The longest time that a message waits for a restart; after that it gets an apology. */
const LONGEST_WAIT_MS = 2_000

/**
 * Keeps a plugin's process alive while it is needed.
 *
 *   idle ──used──▶ starting ──▶ running ──unused──▶ idle
 *                     ▲            │ crash
 *                     └─back-off── restarting ──third crash in five minutes──▶ parked ──restart()──▶ starting
 *
 * A plugin with effects from its start (a timer, a connection) works on its own. Its process is
 * kept when unused, and restarted after a crash without waiting for a message.
 */
export class SupervisedPlugin implements HostedPlugin {
  readonly descriptor: PluginDescriptor
  readonly isInProcess = true
  readonly #options: SupervisedPluginOptions
  readonly #seconds: ReturnType<typeof secondsByKind>
  #process: PluginProcess | undefined
  #starting: Promise<PluginProcess> | undefined
  #effects: readonly string[] = []
  #crashes: number[] = []
  #lastError: string | undefined
  #retryAt = 0
  #isParked = false
  #isStopped = false
  #idleTimer: NodeJS.Timeout | undefined
  #hasToldOfTimers = false
  #restartTimer: NodeJS.Timeout | undefined
  successor: RunnablePlugin | undefined

  constructor(options: SupervisedPluginOptions) {
    this.descriptor = options.descriptor
    this.#options = options
    this.#seconds = secondsByKind(options.timeouts)
  }

  /** Handles the reports of processes. */
  readonly events: ProcessEvents = {
    onCrash: (process, error) => this.#onCrash(process, error),
    onEffects: (labels) => (this.#effects = labels),
  }

  /** Adopts a process that is already started. */
  adopt({ process, effects }: ReadyProcess): void {
    this.#effects = effects
    this.#process = process
    this.#touch()
  }

  /** Stops the process if nothing needs it now; the next use starts it again. */
  async coolDown(): Promise<void> {
    if (this.#process?.inFlight === 0) await this.#retire()
  }

  async ask<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    signal?: AbortSignal,
  ): Promise<Answer<Kind>> {
    const rules = CALLS[kind]
    if (this.#isParked && !this.#isStopped && rules.whenParked !== 'ask')
      return this.#askParked(kind, question)
    if (!this.#process && !this.#isStopped && rules.whenIdle === 'answer') return this.#answerIdle(kind)
    try {
      return await this.#askProcess(kind, question, signal)
    } catch (error) {
      const isWorthIt =
        error instanceof PluginCrashError && rules.afterCrash === 'retry' && this.#options.isIdempotent
      if (!isWorthIt || this.#isParked || this.#isStopped || signal?.aborted) throw error
      return this.#askProcess(kind, question, signal)
    }
  }

  async #askProcess<Kind extends CallKind>(
    ...call: readonly [Kind, Question<Kind>, AbortSignal?]
  ): Promise<Answer<Kind>> {
    const process = this.#isStopped ? undefined : await this.#ready()
    // the plugin may have been stopped while its process started
    if (!process || this.#isStopped) return askStopped(this.descriptor.name, this.successor, ...call)
    const [kind] = call
    try {
      return await process.ask(...call, this.#seconds[kind])
    } finally {
      if (CALLS[kind].whenLate === 'end') this.#touch()
    }
  }

  #askParked<Kind extends CallKind>(kind: Kind, question: Question<Kind>): Answer<Kind> {
    const { whenParked } = CALLS[kind]
    // a user who addressed this plugin is told; other messages go to other plugins
    const passes = whenParked === 'pass' || (whenParked === 'apologise' && !isAddressed(question))
    if (!passes) throw parkedError(this.descriptor.name)
    return undefined as Answer<Kind>
  }

  /**
   * Answers for a plugin without a process: its status, and that a new block applies at its next
   * start.
   */
  #answerIdle<Kind extends CallKind>(kind: Kind): Answer<Kind> {
    const error = this.#lastError
    const answers: { readonly [Idle in CallKind]?: Answer<Idle> } = {
      status: { status: this.condition().state, ...(error !== undefined && { error }) },
      reconfigure: 'replace',
    }
    return answers[kind] as Answer<Kind>
  }

  effects(): readonly string[] {
    return this.#process ? this.#effects : []
  }

  condition(): Condition {
    const crashes = this.#recentCrashes()
    if (this.#isParked) return { state: 'parked', crashes, problem: this.#problem() }
    const isWaiting = this.#retryAt > Date.now() && !this.#process
    const state = this.#process ? 'running' : isWaiting ? 'restarting' : this.#starting ? 'starting' : 'idle'
    return { state, crashes, ...(this.#lastError !== undefined && { problem: this.#problem() }) }
  }

  async whenIdle(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1_000
    while ((this.#starting || (this.#process?.inFlight ?? 0) > 0) && Date.now() < end) await sleep(20)
  }

  async stop(seconds = this.#options.timeouts.cleanupSeconds): Promise<boolean> {
    this.#isStopped = true
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#restartTimer)
    const process = this.#process ?? (await this.#starting?.catch(() => undefined))
    this.#process = undefined
    return (await process?.stop(seconds)) ?? true
  }

  async restart(): Promise<void> {
    this.#isParked = false
    this.#crashes = []
    this.#retryAt = 0
    this.#lastError = undefined
    const process = this.#process
    this.#process = undefined
    await process?.stop(this.#options.timeouts.cleanupSeconds)
    await this.#ready()
  }

  warmUp(): Promise<void> {
    return this.#isStopped ? Promise.resolve() : this.#startUnasked()
  }

  pluginsChanged(): void {
    if (this.#process) this.#options.sharePlugins(this.#process)
  }

  follow(plan: HostPlan): void {
    this.#options.follow(plan)
  }

  #ready(): Promise<PluginProcess> {
    if (this.#process) return Promise.resolve(this.#process)
    if (this.#starting) return this.#starting
    const wait = this.#retryAt - Date.now()
    if (wait > LONGEST_WAIT_MS) {
      const seconds = Math.ceil(wait / 1_000)
      throw new PluginCrashError(this.descriptor.name, `crashed and is started again in ${seconds} s`)
    }
    clearTimeout(this.#restartTimer)
    this.#starting = this.#start(wait).finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async #start(wait: number): Promise<PluginProcess> {
    if (wait > 0) await sleep(wait)
    // do not start a plugin that was stopped during the delay
    if (this.#isStopped)
      throw new PluggramError('plugin-not-found', `Plugin ${this.descriptor.name} was stopped.`)
    try {
      const ready = await this.#options.launch(this.events)
      if (!this.#isStopped) this.adopt(ready)
      return ready.process
    } catch (error) {
      if (!this.#isStopped) this.#noteCrash(thrownMessage(error))
      throw error
    }
  }

  #onCrash(process: PluginProcess, error: PluginCrashError): void {
    if (process !== this.#process) return
    this.#process = undefined
    if (error.isOwnFault) this.#noteCrash(error.message)
    else {
      this.#options.logger.warn(error.message, { plugin: this.descriptor.name })
      this.#startAgain(backOff(1, (this.#options.random ?? Math.random)()))
    }
  }

  #noteCrash(message: string): void {
    const { name } = this.descriptor
    this.#lastError = message
    this.#crashes.push(Date.now())
    const crashes = this.#recentCrashes()
    this.#options.logger.error(message, { plugin: name, crashes })
    if (crashes >= CRASHES_TO_PARK) {
      this.#isParked = true
      this.#options.logger.error(this.#problem().message, { plugin: name })
      return
    }
    const delay = backOff(crashes, (this.#options.random ?? Math.random)())
    this.#startAgain(delay)
  }

  /**
   * Restarts it after a delay: immediately then if it works on its own, otherwise at its next use.
   */
  #startAgain(delay: number): void {
    this.#retryAt = Date.now() + delay
    if (this.#effects.length === 0) return
    this.#restartTimer = setTimeout(() => void this.#startUnasked(), delay)
    this.#restartTimer.unref()
  }

  async #startUnasked(): Promise<void> {
    try {
      await this.#ready()
    } catch {
      // already counted as a crash
    }
  }

  #touch(): void {
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => void this.#retire(), this.#options.idleSeconds * 1_000)
    this.#idleTimer.unref()
  }

  async #retire(): Promise<void> {
    const process = this.#process
    if (!process || this.#isStopped || this.#effects.length > 0) return
    if (process.inFlight > 0) return this.#touch()
    const hasTimers = await process.hasTimers()
    // it may have been used meanwhile
    if (process !== this.#process || process.inFlight > 0) return this.#touch()
    if (hasTimers) return this.#keepForTimers()
    this.#process = undefined
    const { logger, idleSeconds } = this.#options
    const { name } = this.descriptor
    logger.info(`not used for ${idleSeconds} s; its process ends until it is asked again`, { plugin: name })
    await process.stop(this.#options.timeouts.cleanupSeconds)
  }

  #keepForTimers(): void {
    if (!this.#hasToldOfTimers) {
      this.#options.logger.info(
        'has a timer of its own, so its process is kept; services.scheduler would let it end while it is not used',
        { plugin: this.descriptor.name },
      )
    }
    this.#hasToldOfTimers = true
    this.#touch()
  }

  #recentCrashes(): number {
    const since = Date.now() - CRASH_WINDOW_MS
    this.#crashes = this.#crashes.filter((at) => at > since)
    return this.#crashes.length
  }

  #problem(): PluginProblem {
    const { name } = this.descriptor
    const last = this.#lastError ?? 'unknown'
    return {
      plugin: name,
      severity: 'error',
      code: 'plugin-crashed',
      message: this.#isParked
        ? `Plugin ${name} is parked: it crashed three times in five minutes. The last time: ${last} Correct it, or run "pluggram plugins restart ${name}".`
        : last,
      ...(this.#options.file !== undefined && { file: this.#options.file }),
    }
  }
}

function parkedError(plugin: string): PluginCrashError {
  return new PluginCrashError(plugin, 'is parked after it crashed three times', { isParked: true })
}

/** Whether the user addressed this plugin, by its command or button. */
function isAddressed(question: unknown): boolean {
  const { context } = question as Partial<Question<'handle'>>
  return context?.command !== undefined || context?.callback !== undefined
}
