import {
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { PluggramError } from '../errors.ts'
import type { OutsideDatabase, SqlParameter, SqlRunner } from '../services/database.ts'

const PARTS = {
  sqlite: [SqliteAdapter, SqliteQueryCompiler, SqliteIntrospector],
  postgresql: [PostgresAdapter, PostgresQueryCompiler, PostgresIntrospector],
  mysql: [MysqlAdapter, MysqlQueryCompiler, MysqlIntrospector],
} as const

/** A query builder whose queries run through `runner`. */
export function createKysely<Tables>(
  runner: Pick<SqlRunner, 'execute'>,
  dialect: OutsideDatabase['dialect'],
): Kysely<Tables> {
  const [Adapter, Compiler, Introspector] = PARTS[dialect]
  const connection = new RunnerConnection(runner)
  const parts: Dialect = {
    createAdapter: () => new Adapter(),
    createQueryCompiler: () => new Compiler(),
    createIntrospector: (database) => new Introspector(database),
    createDriver: () => new RunnerDriver(connection),
  }
  return new Kysely<Tables>({ dialect: parts })
}

class RunnerConnection implements DatabaseConnection {
  readonly #runner: Pick<SqlRunner, 'execute'>

  constructor(runner: Pick<SqlRunner, 'execute'>) {
    this.#runner = runner
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes, lastInsertId } = await this.#runner.execute<Row>(
      sql,
      parameters as readonly SqlParameter[],
    )
    return {
      rows: [...rows],
      numAffectedRows: BigInt(changes),
      ...(lastInsertId !== undefined && { insertId: BigInt(lastInsertId) }),
    }
  }

  // oxlint-disable-next-line require-yield -- Kysely asks for a generator; results here come whole
  async *streamQuery<Row>(): AsyncGenerator<QueryResult<Row>> {
    throw unavailable('Streaming')
  }
}

/** A single shared connection is enough: the database side queues the work. */
class RunnerDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    throw unavailable('An interactive transaction')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

function unavailable(what: string): PluggramError {
  return new PluggramError(
    'database-query-failed',
    `${what} is not available here. Compile the queries and pass them to transaction([{ sql, params }]) instead.`,
  )
}
