import type { Awaitable } from '../awaitable.ts'

/** Methods that a plugin provides to other plugins. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a provider takes is its own business
export type ProvidedMethods = Readonly<Record<string, (...args: any[]) => Awaitable<unknown>>>

declare const METHODS: unique symbol

/** A plugin's name with the type of its provided methods. */
export interface PluginReference<Methods extends object> {
  readonly plugin: string
  readonly [METHODS]?: Methods
}

/** The same methods, each returning a promise. */
export type Remote<Methods extends object> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

/**
 * Calls methods of other plugins. The manifest must list those plugins: `requires: ['geocoder']`.
 */
export interface PluginsService {
  /**
   * Calls a method that another plugin provides, after waiting for that plugin to start. Arguments
   * and result are plain data.
   * @throws PermissionError when the manifest does not require the plugin
   * @throws PluggramError `plugin-not-found` when the plugin or the method does not exist,
   * `plugin-timeout` after 30 s
   */
  call<Result = unknown>(plugin: string, method: string, ...args: readonly unknown[]): Promise<Result>
  /** The same with a typed reference: `services.plugins.use(geocoder).find('Oslo')`. */
  use<Methods extends object>(reference: PluginReference<Methods>): Remote<Methods>
}

/**
 * Creates a typed reference, which a plugin exports for its callers.
 * @example
 * export const geocoder = definePluginReference<{ find(place: string): Promise<Position> }>('geocoder')
 */
export function definePluginReference<Methods extends object>(plugin: string): PluginReference<Methods> {
  return Object.freeze({ plugin })
}
