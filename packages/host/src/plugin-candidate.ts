/** Something that looks like a plugin and may be started. */
export interface PluginCandidate {
  readonly name: string
  /** Absolute path of the file that is imported. */
  readonly entry: string
  readonly origin: 'shipped' | 'home' | 'npm'
  /** The folder of the plugin; for a single file the folder it lies in. */
  readonly directory: string
  /** True for a file that is a plugin by itself; its neighbours may be other plugins. */
  readonly isSingleFile?: boolean
  /** Its package.json; a single file has none. */
  readonly packageFile?: string
}

/** What is the plugin's on the disk: its folder, or the file that it is. */
export function placeOf({ isSingleFile, entry, directory }: PluginCandidate): string {
  return isSingleFile === true ? entry : directory
}
