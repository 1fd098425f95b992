import type { DatabaseSync } from 'node:sqlite'
import type { ScheduleTimes } from '@pluggram/sdk/runtime'
import { botInSql } from '../bot-id.ts'
import type { ScheduleRecord, ScheduleStore, UsedSlots } from '../contracts/schedule-store.ts'
import { CommitQueue } from './commit-queue.ts'
import type { WriteLog } from './write-log.ts'

/**
 * Stores schedules in the assistant's database. One statement takes a slot, so that only one of
 * several assistants on the same file gets it. The commit is flushed, so that no slot is taken
 * twice after a power loss.
 */
export function createSqliteScheduleStore(log: WriteLog, options: { readonly bot: number }): ScheduleStore {
  const queue = new CommitQueue(log)
  const statements = prepare(log.connection, botInSql(options.bot))

  function find(plugin: string, name: string): ScheduleRecord | undefined {
    const row = statements.find.get(plugin, name)
    return row && toRecord(row)
  }

  function put(record: ScheduleRecord): void {
    const { plugin, name, anchor, nextSlot, lastSlot, isPaused, used, ...definition } = record
    statements.put.run(
      plugin,
      name,
      JSON.stringify(definition),
      anchor,
      nextSlot ?? null,
      lastSlot ?? null,
      isPaused ? 1 : 0,
      JSON.stringify(used),
    )
  }

  return {
    all: async (plugin) =>
      (plugin === undefined ? statements.all.all() : statements.own.all(plugin)).map(toRecord),
    count: async (plugin) => Number(statements.count.get(plugin)?.['count']),
    find: async (plugin, name) => find(plugin, name),
    update: (plugin, name, change) =>
      queue.write(() => {
        const record = change(find(plugin, name))
        if (record) put(record)
        else statements.remove.run(plugin, name)
        return record
      }),
    advance: ({ plugin, name, nextSlot: expected }, { anchor, nextSlot, lastSlot, used }) =>
      queue.write(() => {
        const { changes } = statements.advance.run(
          anchor,
          nextSlot ?? null,
          lastSlot ?? null,
          JSON.stringify(used),
          plugin,
          name,
          expected ?? null,
        )
        return Number(changes) === 1
      }),
    version: async () => Number(statements.version.get()?.['data_version'] ?? 0),
    close: () => queue.close(),
  }
}

function prepare(connection: DatabaseSync, bot: string) {
  const one = `WHERE bot = ${bot} AND plugin = ? AND name = ?`
  return {
    all: connection.prepare(`SELECT * FROM schedules WHERE bot = ${bot}`),
    own: connection.prepare(`SELECT * FROM schedules WHERE bot = ${bot} AND plugin = ?`),
    count: connection.prepare(`SELECT count(*) AS count FROM schedules WHERE bot = ${bot} AND plugin = ?`),
    find: connection.prepare(`SELECT * FROM schedules ${one}`),
    put: connection.prepare(
      `INSERT OR REPLACE INTO schedules (bot, plugin, name, definition, anchor, next_slot, last_slot, is_paused, used)
       VALUES (${bot}, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    advance: connection.prepare(
      `UPDATE schedules SET anchor = ?, next_slot = ?, last_slot = ?, used = ? ${one} AND next_slot IS ? AND is_paused = 0`,
    ),
    remove: connection.prepare(`DELETE FROM schedules ${one}`),
    version: connection.prepare('PRAGMA data_version'),
  }
}

type Definition = Pick<
  ScheduleRecord,
  'task' | 'isDeclared' | 'missed' | 'jitterMs' | 'timeoutMs' | 'data'
> & { readonly times: ScheduleTimes }

/** Decodes a row. Only the assistant writes rows, so they are not validated. */
function toRecord(row: Record<string, unknown>): ScheduleRecord {
  const { times, ...definition } = JSON.parse(String(row.definition)) as Definition
  const time = (value: unknown): number | undefined => (value === null ? undefined : Number(value))
  return {
    plugin: String(row.plugin),
    name: String(row.name),
    ...definition,
    times: times.kind === 'at' ? { kind: 'at', date: new Date(times.date) } : times,
    anchor: Number(row.anchor),
    nextSlot: time(row.next_slot),
    lastSlot: time(row.last_slot),
    used: JSON.parse(String(row.used)) as UsedSlots,
    isPaused: row.is_paused === 1,
  }
}
