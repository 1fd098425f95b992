import { existsSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { findTimeZone } from '@pluggram/base'
import type { TimeZoneStore } from '@pluggram/storage'

/**
 * Takes over the zones that people once set in the reminders plugin, which drops its table at its
 * next start. People who already have a zone here keep it.
 */
export async function adoptReminderZones(dataFolder: string, store: TimeZoneStore): Promise<number> {
  const file = path.join(dataFolder, 'databases', 'reminders.db')
  if (!existsSync(file)) return 0
  const database = new DatabaseSync(file, { readOnly: true })
  let rows: readonly Record<string, unknown>[]
  try {
    const table = database
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'zones'")
      .get()
    rows = table ? database.prepare('SELECT user_id, zone FROM zones').all() : []
  } finally {
    database.close()
  }
  let adopted = 0
  for (const { user_id: userId, zone: written } of rows) {
    const zone = findTimeZone(String(written))
    if (zone === undefined || store.of(Number(userId)) !== undefined) continue
    await store.set(Number(userId), zone)
    adopted += 1
  }
  return adopted
}
