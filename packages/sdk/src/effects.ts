import type { Awaitable } from './awaitable.ts'

/** Undoes one effect; calling it again does nothing. */
export type Disposer = () => Promise<void>

/**
 * Things a plugin has set up and must undo when it stops: timers, listeners, connections. They are
 * disposed in reverse order after the plugin's `cleanup`. The owner can list them by label.
 */
export interface EffectScope {
  /** Registers a custom effect and how to undo it. */
  add(label: string, dispose: () => Awaitable<void>): Disposer
  /** A repeating timer that ends with the plugin. An error in `callback` is reported, not fatal. */
  setInterval(label: string, milliseconds: number, callback: () => Awaitable<void>): Disposer
  /** A one-shot timer that ends with the plugin. */
  setTimeout(label: string, milliseconds: number, callback: () => Awaitable<void>): Disposer
  /** Labels of the registered effects, oldest first. */
  list(): readonly string[]
}
