import type { DatabaseSync } from 'node:sqlite'

/** Keys of plugins' configuration that were set by chat: JSON values. */
export interface PluginSettings {
  of(plugin: string): Readonly<Record<string, unknown>>
  set(plugin: string, key: string, value: unknown): void
  delete(plugin: string, key: string): void
}

export function createSqlitePluginSettings(database: DatabaseSync): PluginSettings {
  const upsert = database.prepare(
    `INSERT INTO plugin_settings (plugin, key, value) VALUES (?, ?, ?)
     ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value`,
  )
  const select = database.prepare('SELECT key, value FROM plugin_settings WHERE plugin = ? ORDER BY key')
  const remove = database.prepare('DELETE FROM plugin_settings WHERE plugin = ? AND key = ?')
  return {
    of: (plugin) =>
      Object.fromEntries(
        select.all(plugin).map((row): [string, unknown] => [String(row.key), JSON.parse(String(row.value))]),
      ),
    set: (plugin, key, value) => void upsert.run(plugin, key, JSON.stringify(value)),
    delete: (plugin, key) => void remove.run(plugin, key),
  }
}
