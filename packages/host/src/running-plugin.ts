import { setTimeout as sleep } from 'node:timers/promises'
import { PluggramError } from '@pluggram/sdk'
import type {
  CommandDefinition,
  MessageContext,
  ObservedMessage,
  Plugin,
  PluginResult,
  PluginStatus,
  ScheduleDefinition,
  ScheduledRun,
  Services,
  ToolDefinition,
} from '@pluggram/sdk'
import type { CallContext, PluginDescriptor } from '@pluggram/sdk/runtime'
import { withDeadline } from './deadline.ts'
import type { DisposableEffectScope } from './effect-scope.ts'
import { thrownMessage } from './error-location.ts'
import { FORGET_SECONDS, toForgotten } from './forgotten.ts'
import type { Condition, HostedPlugin, ReconfigureOutcome } from './hosted-plugin.ts'
import { parseResult } from './parse-result.ts'
import { parseStatus } from './parse-status.ts'
import { callProvided } from './provided-methods.ts'
import { runTool } from './run-tool.ts'
import type { LiveConfig } from './live-config.ts'
import { aboutMessage } from './message-scope.ts'
import type { MessageScope } from './message-scope.ts'
import type { ConfigIssue } from './plugin-problem.ts'
import type { JsonObject, JsonValue } from './json-types.ts'
import type { EffectiveTimeouts } from './plugin-timeouts.ts'
import { CallGuard } from './process/call-guard.ts'

interface RunningPluginParts {
  readonly descriptor: PluginDescriptor
  readonly commands: ReadonlyMap<string, CommandDefinition>
  readonly tools: ReadonlyMap<string, ToolDefinition>
  readonly schedules: ReadonlyMap<string, ScheduleDefinition>
  readonly instance: Plugin
  readonly config: LiveConfig
  /** What the manifest says depends on the configuration: another one needs another start. */
  readonly isConfigurable: boolean
  readonly services: Services
  readonly effects: DisposableEffectScope
  readonly controller: AbortController
  readonly timeouts: Omit<EffectiveTimeouts, 'startSeconds'>
  /** Told that work on a message begins; gives what is to be called at its end. */
  readonly onCall?: ((plugin: string) => () => void) | undefined
}

/** A plugin that was started in this process: asks it, looks at its health, ends it. */
export class RunningPlugin implements HostedPlugin {
  readonly descriptor: PluginDescriptor
  readonly #parts: RunningPluginParts
  #isStopped = false
  #inFlight = 0

  constructor(parts: RunningPluginParts) {
    this.descriptor = parts.descriptor
    this.#parts = parts
  }

  handle(message: string, context: CallContext): Promise<PluginResult | undefined> {
    return this.#limited(context, (limited) =>
      this.#during(limited, async () => {
        const configured = this.#configured(limited)
        // mostly known already: then nothing is waited for
        const own = configured instanceof Promise ? await configured : configured
        return parseResult(this.descriptor.name, await this.#answer(message, own))
      }),
    )
  }

  callTool(name: string, args: unknown, context: CallContext): Promise<JsonValue> {
    const { tools, services } = this.#parts
    const plugin = this.descriptor.name
    return this.#limited(context, (limited) =>
      this.#during(limited, async () =>
        runTool({
          plugin,
          name,
          tool: tools.get(name),
          args,
          context: await this.#configured(limited),
          services,
        }),
      ),
    )
  }

  checkConfig(block: JsonObject): Promise<readonly ConfigIssue[]> {
    return this.#parts.config.check(block)
  }

  async reconfigure(block: JsonObject): Promise<ReconfigureOutcome> {
    const { config, isConfigurable } = this.#parts
    if (config.isSame(block)) return 'done'
    if (isConfigurable || !config.hasListeners) return 'replace'
    const issues = await config.replace(block)
    return issues.length === 0 ? 'done' : { issues }
  }

  async observe(event: ObservedMessage): Promise<void> {
    await this.#during(event, async () => this.#parts.instance.observe?.(event))
  }

  async forgetUser(userId: number): Promise<string | undefined> {
    const { instance } = this.#parts
    return this.#during(undefined, async () =>
      toForgotten(await withDeadline(instance.forgetUser?.({ id: userId }), FORGET_SECONDS)),
    )
  }

  callProvided(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#during(undefined, () =>
      callProvided(this.descriptor.name, this.#parts.instance, method, args),
    )
  }

  runSchedule(name: string, run: ScheduledRun): Promise<void> {
    const { schedules, services } = this.#parts
    const config = this.#parts.config.service.get()
    return this.#during(undefined, async () => {
      await schedules.get(name)?.execute({ ...run, config, services })
    })
  }

  condition(): Condition {
    return { state: 'running', crashes: 0 }
  }

  async whenIdle(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1_000
    while (this.#inFlight > 0 && Date.now() < end) await sleep(20)
  }

  /** Holds work to the plugin's own limit: past it the signal is aborted, and a second later nobody waits any more. */
  #limited<T>(context: CallContext, work: (context: CallContext) => Promise<T>): Promise<T> {
    const { callSeconds } = this.#parts.timeouts
    return callSeconds === undefined ? work(context) : this.#within(callSeconds, context, work)
  }

  async #within<T>(
    callSeconds: number,
    context: CallContext,
    work: (context: CallContext) => Promise<T>,
  ): Promise<T> {
    const overdue = Promise.withResolvers<never>()
    const guard = new CallGuard({
      signal: context.signal,
      plugin: this.descriptor.name,
      callSeconds,
      onOverdue: () => overdue.reject(guard.timeout ?? guard.signal.reason),
      onRelease: () => {},
    })
    try {
      return await Promise.race([work({ ...context, signal: guard.signal }), overdue.promise])
    } catch (error) {
      throw guard.timeout ?? error
    } finally {
      guard.release()
    }
  }

  async #during<T>(about: MessageScope | undefined, work: () => Promise<T>): Promise<T> {
    const { name } = this.descriptor
    if (this.#isStopped) throw new PluggramError('plugin-not-found', `Plugin ${name} was stopped.`)
    this.#inFlight += 1
    const onEnd = this.#parts.onCall?.(name)
    try {
      return await (about ? aboutMessage(about, work) : work())
    } finally {
      this.#inFlight -= 1
      onEnd?.()
    }
  }

  /** The context with the configuration of its chat. */
  #configured(context: CallContext): MessageContext | Promise<MessageContext> {
    const boxed = this.#parts.config.inChat(context.chat.id)
    if (boxed instanceof Promise) return boxed.then(({ config }) => ({ ...context, config }))
    return { ...context, config: boxed.config }
  }

  #answer(message: string, context: MessageContext): unknown {
    const { instance, commands, services } = this.#parts
    const command = context.command && commands.get(context.command.name)
    if (context.command && command?.execute) {
      return command.execute(context.command.args, { ...context, services })
    }
    return instance.processMessage?.(message, context)
  }

  /** Labels of what the plugin set up. */
  effects(): readonly string[] {
    return this.#parts.effects.list()
  }

  /** What `getStatus` says; a plugin that fails at that is `failing`, one without it is `active`. */
  async status(seconds = this.#parts.timeouts.statusSeconds): Promise<PluginStatus> {
    const { instance } = this.#parts
    try {
      if (instance.getStatus === undefined) return { status: 'active' }
      return parseStatus(await withDeadline(instance.getStatus(), seconds))
    } catch (error) {
      return { status: 'failing', error: `getStatus: ${thrownMessage(error)}` }
    }
  }

  /**
   * Ends the plugin: its signal, `cleanup`, its effects. Errors are reported as the plugin's.
   * @returns whether it ended in time
   */
  async stop(seconds = this.#parts.timeouts.cleanupSeconds): Promise<boolean> {
    if (this.#isStopped) return true
    this.#isStopped = true
    const { instance, effects, controller, services } = this.#parts
    const end = performance.now() + seconds * 1_000
    controller.abort(new PluggramError('plugin-not-found', `Plugin ${this.descriptor.name} is stopped.`))
    try {
      await withDeadline(instance.cleanup?.(), seconds)
    } catch (error) {
      services.captureException(error, { during: 'cleanup' })
    }
    await effects.dispose(Math.max(0, (end - performance.now()) / 1_000))
    return performance.now() < end
  }
}
