import type { Disposer } from '../effects.ts'

/** The plugin's own block of config.json, checked and completed by its schema. */
export interface ConfigService {
  /** As it is now. */
  get<Config = unknown>(): Config
  /**
   * Calls `listener` with the new block when the owner changed it. A plugin that listens is not started anew for a changed
   * block; one that does not is. A block that the schema refuses never arrives: the owner is told, and the old one holds.
   */
  onChange<Config = unknown>(listener: (config: Config) => void): Disposer
}
