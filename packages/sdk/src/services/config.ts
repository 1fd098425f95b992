import type { Disposer } from '../effects.ts'

/** The plugin's own block of config.json, checked and completed by its schema. */
export interface ConfigService {
  /** As it is now, for everybody. */
  get<Config = unknown>(): Config
  /**
   * As it holds in one chat, with what an owner set there over it. For work without a message, such
   * as a schedule's; a message brings it along as `context.config`.
   */
  forChat<Config = unknown>(chatId: number): Promise<Config>
  /**
   * Registers a listener for a changed block: the plugin goes on with it and is not started anew. A
   * plugin without a listener is replaced, and so is one whose manifest has `configure`, because
   * its commands may change. The block is checked first: one that the schema refuses never arrives,
   * the owner is told, and the old one holds. What is set for single chats is no change of the
   * block.
   * @example
   * services.config.onChange<Settings>((config) => client.setUrl(config.url))
   */
  onChange<Config = unknown>(listener: (config: Config) => unknown): Disposer
}
