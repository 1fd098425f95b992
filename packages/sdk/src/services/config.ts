import type { Disposer } from '../effects.ts'

/** The plugin's own block of config.json, checked and completed by its schema. */
export interface ConfigService {
  /** As it is now. */
  get<Config = unknown>(): Config
  /**
   * Registers a listener for a changed block. In this release a plugin whose block changes is always started anew, with the
   * new block, so the listener of a running one is not called yet. A block that the schema refuses never arrives: the owner
   * is told, and the old one holds.
   */
  onChange<Config = unknown>(listener: (config: Config) => void): Disposer
}
