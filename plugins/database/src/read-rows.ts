import { isPluggramError } from '@pluggram/sdk'
import type { OutsideDatabase, SqlResult, SqlStatement } from '@pluggram/sdk'

/** Rows are counted so far, to tell how many there are beside those that are shown. */
export const MOST_COUNTED = 1_000

/** Runs a query; gives up to a thousand rows, or only `max` where that many are too large to be fetched. */
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
