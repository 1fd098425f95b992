import { isPluggramError } from '@pluggram/sdk'
import type { OutsideDatabase, SqlResult, SqlStatement } from '@pluggram/sdk'

/** Rows are counted up to this number, to report how many are left out. */
export const MOST_COUNTED = 1_000

/**
 * Runs a query and returns up to a thousand rows; only `max` if a thousand are too large to fetch.
 */
export async function readRows(
  database: OutsideDatabase,
  { sql, params = [] }: SqlStatement,
  max: number,
): Promise<SqlResult> {
  try {
    return await database.execute(sql, params, { maxRows: MOST_COUNTED })
  } catch (error) {
    if (!isPluggramError(error) || error.code !== 'database-limit') throw error
    return database.execute(sql, params, { maxRows: max })
  }
}
