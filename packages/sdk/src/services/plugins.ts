import type { Awaitable } from '../awaitable.ts'

/** Methods that a plugin provides to others. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a provider takes is its own business
export type ProvidedMethods = Readonly<Record<string, (...args: any[]) => Awaitable<unknown>>>

declare const METHODS: unique symbol

/** A plugin's name together with the type of what it provides. */
export interface PluginReference<Methods extends object> {
  readonly plugin: string
  readonly [METHODS]?: Methods
}

/** The same methods, each of which gives a promise. */
export type Remote<Methods extends object> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

/**
 * The services of other plugins. A plugin names those it calls in its manifest: `requires:
 * ['geocoder']`.
 */
export interface PluginsService {
  /**
   * Calls what another plugin provides; arguments and result are plain data. It waits for that
   * plugin's start.
   * @throws PermissionError when the manifest does not require the plugin
   * @throws PluggramError `plugin-not-found` when it is not there or provides no such method,
   * `plugin-timeout` after 30 s
   */
  call<Result = unknown>(plugin: string, method: string, ...args: readonly unknown[]): Promise<Result>
  /** The same by a typed reference: `services.plugins.use(geocoder).find('Oslo')`. */
  use<Methods extends object>(reference: PluginReference<Methods>): Remote<Methods>
}

/**
 * Makes a typed reference; a plugin exports it for those who call it.
 * @example
 * export const geocoder = definePluginReference<{ find(place: string): Promise<Position> }>('geocoder')
 */
export function definePluginReference<Methods extends object>(plugin: string): PluginReference<Methods> {
  return Object.freeze({ plugin })
}
