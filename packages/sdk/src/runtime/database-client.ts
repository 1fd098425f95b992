import type { Kysely } from 'kysely'
import type {
  DatabaseService,
  OutsideDatabase,
  QueryOptions,
  SqlParameter,
  SqlResult,
  SqlRunner,
  SqlStatement,
} from '../services/database.ts'

/** A request to a plugin's databases, as plain data that can cross the process border. */
export type DatabaseRequest =
  | {
      readonly kind: 'execute'
      /** Absent: the plugin's own tables. */
      readonly database?: string
      readonly statement: SqlStatement
      readonly options: QueryOptions
    }
  | { readonly kind: 'transaction'; readonly database?: string; readonly statements: readonly SqlStatement[] }
  | { readonly kind: 'migrate'; readonly steps: readonly string[] }
  | { readonly kind: 'describe'; readonly database: string }

/** The result of `describe`. */
export type DatabaseDescription = Pick<OutsideDatabase, 'dialect' | 'isWritable'>

/** Executes a request; the result depends on the request's kind. */
export type DatabaseCall = (request: DatabaseRequest) => Promise<unknown>

class ClientRunner implements SqlRunner {
  readonly #call: DatabaseCall
  readonly #database: string | undefined
  readonly #dialect: OutsideDatabase['dialect']

  constructor(call: DatabaseCall, database: string | undefined, dialect: OutsideDatabase['dialect']) {
    this.#call = call
    this.#database = database
    this.#dialect = dialect
  }

  async query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly SqlParameter[],
    options?: QueryOptions,
  ): Promise<Row[]> {
    const { rows } = await this.execute<Row>(sql, params, options)
    return [...rows]
  }

  async execute<Row = Record<string, unknown>>(
    sql: string,
    params: readonly SqlParameter[] = [],
    options: QueryOptions = {},
  ): Promise<SqlResult<Row>> {
    const request = { kind: 'execute', ...this.#target(), statement: { sql, params }, options } as const
    return (await this.#call(request)) as SqlResult<Row>
  }

  async transaction(statements: readonly SqlStatement[]): Promise<readonly SqlResult[]> {
    return (await this.#call({ kind: 'transaction', ...this.#target(), statements })) as SqlResult[]
  }

  async kysely<Tables>(): Promise<Kysely<Tables>> {
    // loaded lazily: most plugins do not need it, and it takes as long to load as a plugin process
    const { createKysely } = await import('./create-kysely.ts')
    return createKysely<Tables>(this, this.#dialect)
  }

  #target(): { database?: string } {
    return this.#database === undefined ? {} : { database: this.#database }
  }
}

/**
 * The database service on top of a single function, which is local inline and calls the host from a
 * plugin process.
 */
export class DatabaseClient extends ClientRunner implements DatabaseService {
  /** Forwards a request from a plugin process. */
  readonly call: DatabaseCall

  constructor(call: DatabaseCall) {
    super(call, undefined, 'sqlite')
    this.call = call
  }

  async migrate(steps: readonly string[]): Promise<void> {
    await this.call({ kind: 'migrate', steps })
  }

  async open(name: string): Promise<OutsideDatabase> {
    const description = (await this.call({ kind: 'describe', database: name })) as DatabaseDescription
    return Object.assign(new ClientRunner(this.call, name, description.dialect), { name, ...description })
  }
}
