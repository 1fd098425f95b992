import { botInSql } from '../bot-id.ts'
import type { TimeZoneStore } from '../contracts/time-zone-store.ts'
import type { CommitQueue } from './commit-queue.ts'

/** Implements `TimeZoneStore` in SQLite. */
export function createSqliteTimeZones(queue: CommitQueue, options: { readonly bot: number }): TimeZoneStore {
  const bot = botInSql(options.bot)
  const { connection } = queue
  const all = connection.prepare(`SELECT id, zone FROM time_zones WHERE bot = ${bot}`)
  const upsert = connection.prepare(`INSERT OR REPLACE INTO time_zones (bot, id, zone) VALUES (${bot}, ?, ?)`)
  const remove = connection.prepare(`DELETE FROM time_zones WHERE bot = ${bot} AND id = ?`)
  const moveOne = connection.prepare(`UPDATE OR REPLACE time_zones SET id = ? WHERE bot = ${bot} AND id = ?`)
  const known = new Map<number, string>()
  for (const { id, zone } of all.all()) known.set(Number(id), String(zone))

  return {
    of: (id) => known.get(id),
    async set(id, zone) {
      await queue.write(() => void (zone === undefined ? remove.run(id) : upsert.run(id, zone)))
      if (zone === undefined) known.delete(id)
      else known.set(id, zone)
    },
    move(from, to) {
      const zone = known.get(from)
      if (zone === undefined) return Promise.resolve()
      // at once: the group's next message may come before the commit
      known.set(to, zone)
      known.delete(from)
      return queue.write(() => void moveOne.run(to, from))
    },
  }
}
