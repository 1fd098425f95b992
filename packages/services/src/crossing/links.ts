import type { AiSubject, EffectScope, Logger, PluginPermissions, ScheduledRun } from '@pluggram/sdk'
import type { CallContext } from '@pluggram/sdk/runtime'

/** The way from a service in a plugin's process to the same service in the host. */
export interface PluginLink {
  readonly plugin: string
  readonly permissions: PluginPermissions
  readonly effects: EffectScope
  /** Asks the host; rejects with what the service throws there. */
  call(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown>
  /** Tells the host; there is no answer. */
  note(method: string, args: readonly unknown[]): void
  /** Keeps a function that the host may call, and gives its number. */
  keep(callback: (...args: never[]) => unknown): number
  /** Forgets a function. */
  release(callback: number): void
  /** Reads a text that the host writes. */
  read(stream: number): AsyncIterable<string>
  /** Tells the host that nobody reads on. */
  cancel(stream: number): void
  /** Runs when the plugin ends, after its effects. */
  onEnd(work: () => void): void
  /** Reports an error that nobody awaits. */
  report(error: unknown, during: string): void
  /** The number under which the host knows the message of a context. */
  callNumber(context: object): unknown
}

/**
 * What the host's side of a service knows of the process that asks. Nothing that comes from there
 * is trusted.
 */
export interface HostLink {
  readonly logger: Logger
  /** Calls a function that the process keeps. */
  callBack(callback: number, args: readonly unknown[]): Promise<unknown>
  /** Runs a schedule's function that the process keeps, within its limits of time. */
  runSchedule(callback: number, run: ScheduledRun): Promise<void>
  /** Lets the process read a text, and gives its number. */
  offer(text: AsyncIterable<string>): number
  /** Whether the chat and user belong to one message that the plugin was given, now or lately. */
  knows(subject: AiSubject): boolean
  /**
   * The context of a message that the plugin was given.
   * @throws PluggramError when it was not, or long ago
   */
  contextOf(call: number): CallContext
}

/** Answers one method of a service for a process. */
export type Answer = (args: readonly unknown[], signal: AbortSignal) => unknown

/** Both sides of a service whose methods are more than plain data there and back. */
export interface Crossing<Service> {
  /** Makes the service of a plugin's process. */
  readonly plugin: (link: PluginLink) => Service
  /** Makes what answers it in the host, by method. */
  readonly host: (service: Service, link: HostLink) => Readonly<Record<string, Answer>>
}
