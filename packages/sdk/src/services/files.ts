/** The plugin's own folder. Needs `permissions: { files: true }` and the owner's consent. */
export interface FilesService {
  /**
   * The absolute path of a folder that is the plugin's alone; read and write there with `node:fs`.
   * @throws PermissionError
   */
  folder(): Promise<string>
}
