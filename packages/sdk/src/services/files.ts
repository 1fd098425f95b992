/** The plugin's own folder. Needs `permissions: { files: true }` and the owner's consent. */
export interface FilesService {
  /**
   * The absolute path of the plugin's private folder. Read and write it with `node:fs`.
   * @throws PermissionError
   */
  folder(): Promise<string>
}
