import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { SqliteConnection } from './sqlite-connection.ts'

const MAX_BYTES = 256 * 1_048_576

/**
 * A plugin's own tables. The file is outside the folder that the plugin itself may write to, so it
 * can be changed only by queries.
 */
export function openOwnDatabase(dataFolder: string, plugin: string): SqliteConnection {
  const folder = path.join(dataFolder, 'databases')
  mkdirSync(folder, { recursive: true })
  return new SqliteConnection({
    file: path.join(folder, `${plugin}.db`),
    label: `The tables of plugin ${plugin}`,
    isReadOnly: false,
    maxBytes: MAX_BYTES,
  })
}
