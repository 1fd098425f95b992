import { DatabaseError } from '@pluggram/sdk'
import type { DatabaseService } from '@pluggram/sdk'
import { createDatabaseService } from './create-database-service.ts'
import type { DatabaseServiceOptions } from './create-database-service.ts'
import { SqliteSession } from './sqlite-session.ts'

const MAX_BYTES = 64 * 1_048_576

/**
 * A plugin's own tables in memory, for tests of plugins. Rules and errors are the same as in the
 * assistant, but a query that never ends is not killed.
 */
export function createMemoryDatabase(
  options: Partial<Pick<DatabaseServiceOptions, 'outside' | 'names'>> = {},
): DatabaseService {
  const session = new SqliteSession({ file: ':memory:', isReadOnly: false, maxBytes: MAX_BYTES })
  return createDatabaseService({
    plugin: 'under test',
    own: {
      async run(work) {
        const answer = session.work(work)
        if ('results' in answer) return answer.results
        throw new DatabaseError(answer.error.code, answer.error.message)
      },
    },
    refuseOwn: () => {
      throw new DatabaseError('database-unavailable', 'There are no tables.')
    },
    outside: options.outside ?? { find: () => undefined, close: async () => {} },
    names: options.names ?? [],
  })
}
