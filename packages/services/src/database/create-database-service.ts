import { DatabaseError, PermissionError } from '@pluggram/sdk'
import type { DatabaseService, SqlResult, SqlStatement } from '@pluggram/sdk'
import { DatabaseClient } from '@pluggram/sdk/runtime'
import type { DatabaseDescription } from '@pluggram/sdk/runtime'
import { parseDatabaseRequest } from './database-request.ts'
import type { ParsedRequest } from './database-request.ts'
import type { OutsideConnection, OutsideDatabases } from './outside-database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import type { ResultLimits } from './sqlite-work.ts'

export interface DatabaseServiceOptions {
  readonly plugin: string
  /** The plugin's own tables; without them it can use only outside databases. */
  readonly own?: Pick<SqliteConnection, 'run'>
  /** Throws when the plugin uses its own tables but its manifest does not request them. */
  refuseOwn(): never
  readonly outside: OutsideDatabases
  /** Names of outside databases that the plugin requests; `*` means all. */
  readonly names: readonly string[]
  /** Called when the plugin opens a database that its manifest does not name. */
  onRefused?(message: string): void
  /** The time limit of one query. Default 5 s. */
  readonly timeoutSeconds?: number
}

const MAX_ROWS = 10_000
const MAX_RESULT_BYTES = 8 * 1_048_576
const TIMEOUT_SECONDS = 5
const MIGRATION_MS = 60_000

export function createDatabaseService(options: DatabaseServiceOptions): DatabaseService {
  return new DatabaseClient((request) => new RequestHandler(options).handle(parseDatabaseRequest(request)))
}

class RequestHandler {
  readonly #options: DatabaseServiceOptions
  readonly #longest: number

  constructor(options: DatabaseServiceOptions) {
    this.#options = options
    this.#longest = options.timeoutSeconds ?? TIMEOUT_SECONDS
  }

  async handle(request: ParsedRequest): Promise<unknown> {
    switch (request.kind) {
      case 'migrate':
        await this.#own().run({ kind: 'migrate', steps: request.steps }, MIGRATION_MS)
        return undefined
      case 'describe': {
        const { dialect, isWritable } = this.#find(request.database)
        return { dialect, isWritable } satisfies DatabaseDescription
      }
      case 'transaction':
        return this.#transaction(request.database, request.statements)
      case 'execute':
        return this.#execute(request)
    }
  }

  async #execute({
    database,
    statement,
    options,
  }: Extract<ParsedRequest, { kind: 'execute' }>): Promise<SqlResult> {
    const { maxRows, timeoutSeconds = this.#longest } = options
    const limits = resultLimits(maxRows)
    const timeoutMs = Math.min(timeoutSeconds, this.#longest) * 1_000
    const [result] =
      database === undefined
        ? await this.#own().run({ kind: 'execute', statement, limits }, timeoutMs)
        : await this.#find(database).run([statement], limits, timeoutMs)
    if (!result) throw new DatabaseError('database-unavailable', 'The database gave no answer.')
    return result
  }

  #transaction(
    database: string | undefined,
    statements: readonly SqlStatement[],
  ): Promise<readonly SqlResult[]> {
    const limits = resultLimits()
    const timeoutMs = this.#longest * 1_000
    return database === undefined
      ? this.#own().run({ kind: 'transaction', statements, limits }, timeoutMs)
      : this.#find(database).run(statements, limits, timeoutMs)
  }

  #own(): Pick<SqliteConnection, 'run'> {
    return this.#options.own ?? this.#options.refuseOwn()
  }

  #find(name: string): OutsideConnection {
    const { plugin, names, outside } = this.#options
    if (!names.includes(name) && !names.includes('*')) {
      const message = `Plugin ${plugin} uses the database ${name} without asking for it. Add permissions: { databases: ['${name}'] } to its manifest.`
      this.#options.onRefused?.(message)
      throw new PermissionError(message)
    }
    const found = outside.find(name)
    if (found) return found
    throw new DatabaseError(
      'database-unavailable',
      `There is no database called ${name}. Add "databases": { "${name}": { "url": "\${…}" } } to config.json.`,
    )
  }
}

function resultLimits(maxRows?: number): ResultLimits {
  return { maxRows: maxRows ?? MAX_ROWS, maxBytes: MAX_RESULT_BYTES, mayCut: maxRows !== undefined }
}
