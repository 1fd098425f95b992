import { createDatabaseService, createOutsideDatabases } from '@pluggram/services'
import { PermissionError } from '@pluggram/sdk'
import type { DatabaseService } from '@pluggram/sdk'

/** Outside databases for a test of a plugin. */
export interface TestDatabases {
  /** For `createTestServices({ database })`; it contains no tables of the plugin's own. */
  readonly service: DatabaseService
  close(): Promise<void>
}

/**
 * Opens databases as the assistant does; a query may take at most a second.
 * @param databases by name, as in `databases` of config.json; SQLite files need no server
 */
export function openTestDatabase(
  databases: Readonly<Record<string, { readonly url: string; readonly writable?: boolean }>>,
): TestDatabases {
  const settings = Object.fromEntries(
    Object.entries(databases).map(([name, { url, writable = false }]) => [
      name,
      { url, writable, timeoutSeconds: 1, connections: 2 },
    ]),
  )
  const outside = createOutsideDatabases(() => settings)
  const service = createDatabaseService({
    plugin: 'under test',
    refuseOwn: () => {
      throw new PermissionError('This test gave the plugin no tables of its own.')
    },
    outside,
    names: ['*'],
  })
  return { service, close: () => outside.close() }
}
