import type { Awaitable } from './awaitable.ts'

/** Undoes one effect; calling it again does nothing. */
export type Disposer = () => Promise<void>

/**
 * The things a plugin set up that must be undone: timers, listeners, connections. They are disposed
 * last-in-first-out after the plugin's `cleanup`, and the owner can list them by label.
 */
export interface EffectScope {
  /** Registers something of your own. */
  add(label: string, dispose: () => Awaitable<void>): Disposer
  /** A repeating timer that ends with the plugin. An error in `callback` is reported, not fatal. */
  setInterval(label: string, milliseconds: number, callback: () => Awaitable<void>): Disposer
  /** A one-shot timer that ends with the plugin. */
  setTimeout(label: string, milliseconds: number, callback: () => Awaitable<void>): Disposer
  /** Labels of what is registered now, oldest first. */
  list(): readonly string[]
}
