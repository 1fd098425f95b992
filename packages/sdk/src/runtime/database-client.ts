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

/** What is asked of a plugin's databases, as plain data: it crosses between processes as it is. */
export type DatabaseRequest =
  | {
      readonly kind: 'execute'
      /** Left out: the plugin's own tables. */
      readonly database?: string
      readonly statement: SqlStatement
      readonly options: QueryOptions
    }
  | { readonly kind: 'transaction'; readonly database?: string; readonly statements: readonly SqlStatement[] }
  | { readonly kind: 'migrate'; readonly steps: readonly string[] }
  | { readonly kind: 'describe'; readonly database: string }

/** What `describe` gives. */
export type DatabaseDescription = Pick<OutsideDatabase, 'dialect' | 'isWritable'>

/** Does the work; what it gives fits the request's kind. */
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
    // most plugins do without, and it takes as long to load as a plugin process does
    const { createKysely } = await import('./create-kysely.ts')
    return createKysely<Tables>(this, this.#dialect)
  }

  #target(): { database?: string } {
    return this.#database === undefined ? {} : { database: this.#database }
  }
}

/**
 * The database service over a single function, which is local inline and a call to the host in a
 * plugin process.
 */
export class DatabaseClient extends ClientRunner implements DatabaseService {
  /** Passes a request of a plugin process on. */
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
