import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { withinTime } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import { CALLS } from '@pluggram/sdk/runtime'
import type { Answer, CallKind, PluginDescriptor, Question, RunnablePlugin } from '@pluggram/sdk/runtime'
import { askStopped, secondsByKind, withinLimit } from './call-limits.ts'
import type { BlockWatch, PluginWork } from './block-watch.ts'
import type { DisposableEffectScope } from '../start/effect-scope.ts'
import type { Condition, HostedPlugin } from '../hosted-plugin.ts'
import { ANSWERS } from './plugin-answers.ts'
import type { AnsweringPlugin, MessageScope } from './plugin-answers.ts'
import { withOwnFetch } from '../http/own-fetch.ts'
import type { OwnFetch } from '../http/own-fetch.ts'
import type { EffectiveTimeouts } from '../start/plugin-timeouts.ts'

interface RunningPluginParts extends AnsweringPlugin {
  readonly effects: DisposableEffectScope
  readonly controller: AbortController
  readonly timeouts: Pick<EffectiveTimeouts, 'cleanupSeconds'>
  /** The time limits of calls; unset in a plugin process, where the host enforces them. */
  readonly limits?: Pick<EffectiveTimeouts, 'callSeconds' | 'statusSeconds'> | undefined
  /** What the global `fetch` uses at hosts of its credentials; unset in a plugin process. */
  readonly ownFetch?: OwnFetch | undefined
  /** Watches whether the plugin blocks the event loop. */
  readonly watch?: BlockWatch | undefined
}

/** The message that a call is about, in everything that the call does, even asynchronously. */
const scopes = new AsyncLocalStorage<MessageScope>()

/** The message being processed, if any. */
export function currentMessage(): MessageScope | undefined {
  return scopes.getStore()
}

/** Runs work as part of a call about that message. */
export function inMessage<T>(message: MessageScope, work: () => T): T {
  return scopes.run(message, work)
}

/** A plugin that runs in this process. */
export class RunningPlugin implements HostedPlugin {
  readonly descriptor: PluginDescriptor
  successor: RunnablePlugin | undefined
  readonly #parts: RunningPluginParts
  readonly #work: PluginWork
  readonly #seconds: ReturnType<typeof secondsByKind>
  readonly #unwatch: (() => void) | undefined
  #isStopped = false

  constructor(parts: RunningPluginParts) {
    this.descriptor = parts.descriptor
    this.#parts = parts
    this.#work = { plugin: parts.descriptor.name, underWay: 0, endedAt: 0 }
    this.#seconds = parts.limits ? secondsByKind(parts.limits) : {}
    this.#unwatch = parts.watch?.follow(this.#work)
  }

  ask<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Answer<Kind>> {
    const seconds = this.#seconds[kind]
    if (seconds === undefined) return this.#answer(kind, question, signal)
    const call = { kind, plugin: this.descriptor.name, seconds }
    return withinLimit(call, signal, (limited) => this.#answer(kind, question, limited))
  }

  async #answer<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    signal: AbortSignal,
  ): Promise<Answer<Kind>> {
    const { name } = this.descriptor
    if (this.#isStopped) return askStopped(name, this.successor, kind, question, signal)
    const row = ANSWERS[kind]
    const scope = row.about?.(question)
    // a stop need not wait for a status request
    const isWork = CALLS[kind].whenLate === 'end'
    if (isWork) this.#work.underWay += 1
    try {
      const work = (): unknown =>
        withOwnFetch(this.#parts.ownFetch, () => row.run(this.#parts, question, signal))
      return row.read(await (scope ? scopes.run(scope, work) : work()), name)
    } finally {
      if (isWork) {
        this.#work.underWay -= 1
        this.#work.endedAt = performance.now()
      }
    }
  }

  condition(): Condition {
    return { state: 'running', crashes: 0 }
  }

  async whenIdle(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1_000
    while (this.#work.underWay > 0 && Date.now() < end) await sleep(20)
  }

  effects(): readonly string[] {
    return this.#parts.effects.list()
  }

  /**
   * Stops the plugin: aborts its signal, runs `cleanup` and disposes its effects. Errors are
   * reported as the plugin's.
   * @returns whether it stopped in time
   */
  async stop(seconds = this.#parts.timeouts.cleanupSeconds): Promise<boolean> {
    if (this.#isStopped) return true
    this.#isStopped = true
    const { instance, effects, controller, services } = this.#parts
    const end = performance.now() + seconds * 1_000
    controller.abort(new PluggramError('plugin-not-found', `Plugin ${this.descriptor.name} is stopped.`))
    try {
      await withinTime(
        withOwnFetch(this.#parts.ownFetch, () => instance.cleanup?.()),
        seconds * 1_000,
      )
    } catch (error) {
      services.captureException(error, { during: 'cleanup' })
    }
    await effects.dispose(Math.max(0, (end - performance.now()) / 1_000))
    this.#unwatch?.()
    return performance.now() < end
  }
}
