import { createDatabaseService, openOwnDatabase } from '@pluggram/services'
import type { OutsideDatabases } from '@pluggram/services'
import type { DatabaseService, EffectScope, PluginPermissions } from '@pluggram/sdk'

export interface PluginDatabaseOptions {
  readonly plugin: string
  readonly permissions: PluginPermissions | undefined
  readonly effects: EffectScope
  readonly dataFolder: string
  readonly outside: OutsideDatabases
  refuse(): never
  /** Called when a plugin uses an outside database that was not granted. */
  onRefused(message: string): void
}

/** A plugin's own tables and its outside databases. */
export function createPluginDatabase(options: PluginDatabaseOptions): DatabaseService {
  const { plugin, permissions, effects, outside, dataFolder, refuse } = options
  const own = permissions?.database === true ? openOwnDatabase(dataFolder, plugin) : undefined
  // added first, so that it is disposed last: a plugin may write during its cleanup
  if (own) effects.add('own tables', () => own.close())
  return createDatabaseService({
    plugin,
    ...(own && { own }),
    refuseOwn: refuse,
    onRefused: (message) => options.onRefused(message),
    outside,
    names: permissions?.databases ?? [],
  })
}
