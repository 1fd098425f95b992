import type { AiSubject, EffectScope, Logger, PluginPermissions, ScheduledRun } from '@pluggram/sdk'
import type { CallContext } from '@pluggram/sdk/runtime'

/** Connects a service in a plugin's process to the same service in the host. */
export interface PluginLink {
  readonly plugin: string
  readonly permissions: PluginPermissions
  readonly effects: EffectScope
  /** Calls the host; rejects with what the service throws there. */
  call(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown>
  /** Notifies the host, without an answer. */
  note(method: string, args: readonly unknown[]): void
  /** Registers a function that the host may call; returns its number. */
  keep(callback: (...args: never[]) => unknown): number
  release(callback: number): void
  /** Reads a text stream from the host. */
  read(stream: number): AsyncIterable<string>
  /** Tells the host that the reader has stopped. */
  cancel(stream: number): void
  /** Runs when the plugin ends, after its effects. */
  onEnd(work: () => void): void
  /** Reports an error that no caller receives. */
  report(error: unknown, during: string): void
  /** The host's number for the message of a context. */
  callNumber(context: object): unknown
}

/**
 * What the host's side of a service knows about the calling process. Nothing from there is trusted.
 */
export interface HostLink {
  readonly logger: Logger
  /** Calls a function that the process registered. */
  callBack(callback: number, args: readonly unknown[]): Promise<unknown>
  /** Runs a schedule's function that the process registered, within its time limits. */
  runSchedule(callback: number, run: ScheduledRun): Promise<void>
  /** Lets the process read a text stream; returns its number. */
  offer(text: AsyncIterable<string>): number
  /** Whether the chat and user belong to one message that the plugin received, now or recently. */
  knows(subject: AiSubject): boolean
  /**
   * The context of a message that the plugin received.
   * @throws PluggramError when it did not, or too long ago
   */
  contextOf(call: number): CallContext
}

/** Answers one method of a service for a process. */
export type Answer = (args: readonly unknown[], signal: AbortSignal) => unknown

/** Both sides of a service with methods that take or return more than plain data. */
export interface Crossing<Service> {
  /** Creates the service for a plugin's process. */
  readonly plugin: (link: PluginLink) => Service
  /** Creates the host's answers, by method. */
  readonly host: (service: Service, link: HostLink) => Readonly<Record<string, Answer>>
}
