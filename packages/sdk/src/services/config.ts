import type { Disposer } from '../effects.ts'

/** The plugin's own block of config.json, validated by its schema, with defaults filled in. */
export interface ConfigService {
  /** The current general configuration. */
  get<Config = unknown>(): Config
  /**
   * The configuration of one chat, including the owner's overrides for it. Use it for work without
   * a message, such as a schedule; with a message, use `context.config`.
   */
  forChat<Config = unknown>(chatId: number): Promise<Config>
  /**
   * Registers a listener for configuration changes, so that the plugin keeps running. A plugin
   * without a listener is restarted, and so is one with `configure` in its manifest, because its
   * commands may change. A block that the schema rejects is not delivered: the owner is told, and
   * the old one stays in force. Changes for single chats do not call the listener.
   * @example
   * services.config.onChange<Settings>((config) => client.setUrl(config.url))
   */
  onChange<Config = unknown>(listener: (config: Config) => unknown): Disposer
}
