import { fileURLToPath } from 'node:url'
import { DatabaseError } from '@pluggram/sdk'
import { createMysqlConnection } from './mysql-connection.ts'
import type { OutsideConnection, OutsideDatabases, OutsideSettings } from './outside-database.ts'
import { createPostgresConnection } from './postgres-connection.ts'
import { SqliteConnection } from './sqlite-connection.ts'

const MAX_FILE_BYTES = 16 * 1_073_741_824

/**
 * Connections to the configured databases, opened at first use.
 * @param settings returns the current configuration by name; a changed entry gets a new connection
 */
export function createOutsideDatabases(
  settings: () => Readonly<Record<string, OutsideSettings>>,
): OutsideDatabases {
  const open = new Map<string, { settings: OutsideSettings; connection: OutsideConnection }>()
  return {
    find(name) {
      const configured = settings()
      const wanted = Object.hasOwn(configured, name) ? configured[name] : undefined
      const known = open.get(name)
      if (known && JSON.stringify(known.settings) === JSON.stringify(wanted)) return known.connection
      open.delete(name)
      void known?.connection.close()
      if (!wanted) return undefined
      const connection = limited(connect(name, wanted), wanted)
      open.set(name, { settings: wanted, connection })
      return connection
    },
    async close() {
      const all = [...open.values()]
      open.clear()
      await Promise.allSettled(all.map(({ connection }) => connection.close()))
    },
  }
}

/** The stricter of the owner's and the caller's limit applies. */
function limited(connection: OutsideConnection, { timeoutSeconds }: OutsideSettings): OutsideConnection {
  return {
    dialect: connection.dialect,
    isWritable: connection.isWritable,
    run: (statements, limits, timeoutMs) =>
      connection.run(statements, limits, Math.min(timeoutMs, timeoutSeconds * 1_000)),
    close: () => connection.close(),
  }
}

function connect(name: string, settings: OutsideSettings): OutsideConnection {
  const scheme = /^([a-z0-9+]+):/i.exec(settings.url)?.[1]?.toLowerCase()
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return createPostgresConnection(name, settings)
    case 'mysql':
    case 'mariadb':
      return createMysqlConnection(name, settings)
    case 'sqlite':
    case 'file':
      return createSqliteFileConnection(name, settings)
    default:
      throw new DatabaseError(
        'database-unavailable',
        `databases.${name}.url in config.json begins with none of postgres:, mysql:, mariadb:, sqlite:, file:.`,
      )
  }
}

function createSqliteFileConnection(name: string, { url, writable }: OutsideSettings): OutsideConnection {
  const connection = new SqliteConnection({
    file: url.startsWith('file:')
      ? fileURLToPath(url)
      : decodeURIComponent(url.replace(/^sqlite:(?:\/\/)?/i, '')),
    label: `Database ${name}`,
    isReadOnly: !writable,
    maxBytes: MAX_FILE_BYTES,
  })
  return {
    dialect: 'sqlite',
    isWritable: writable,
    async run(statements, limits, timeoutMs) {
      if (writable) return connection.run({ kind: 'transaction', statements, limits }, timeoutMs)
      const results = []
      for (const statement of statements) {
        results.push(...(await connection.run({ kind: 'execute', statement, limits }, timeoutMs)))
      }
      return results
    },
    close: () => connection.close(),
  }
}
