import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfiguration } from '@pluggram/config'
import { botIdOf, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import type { CliEnvironment } from './cli-environment.ts'

/** What commands need to work on the database of a home in which no assistant runs. */
export interface HomeDatabase {
  readonly log: WriteLog
  /** The bot of this home's token. */
  readonly bot: number
}

/**
 * Opens the database of a home for the time of some work.
 * @returns `undefined` when no assistant was ever started here
 */
export async function withDatabase<T>(
  cli: CliEnvironment,
  work: (database: HomeDatabase) => Promise<T>,
): Promise<T | undefined> {
  const file = join(cli.home, 'data', 'pluggram.db')
  if (!existsSync(file)) return undefined
  const { settings } = await loadConfiguration(cli)
  const database = openSqliteDatabase(file)
  const log = new WriteLog(database)
  try {
    return await work({ log, bot: botIdOf(settings.telegram.botToken) })
  } finally {
    await log.close()
    database.close()
  }
}
