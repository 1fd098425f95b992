import type { LocalText } from '@pluggram/sdk'

/** Something that looks like a plugin and can be started. */
export interface PluginCandidate {
  readonly name: string
  /** Absolute path of the file to import. */
  readonly entry: string
  readonly origin: 'shipped' | 'home' | 'npm'
  /** The folder of the plugin; for a single file, the folder that contains it. */
  readonly directory: string
  /** True for a single-file plugin; other files in its folder may be other plugins. */
  readonly isSingleFile?: boolean
  /** Its package.json; a single file has none. */
  readonly packageFile?: string
  /** The title in its package.json, which is known without starting it. */
  readonly title?: LocalText
}

/** A plugin's path: its folder, or its single file. */
export function placeOf({ isSingleFile, entry, directory }: PluginCandidate): string {
  return isSingleFile === true ? entry : directory
}
