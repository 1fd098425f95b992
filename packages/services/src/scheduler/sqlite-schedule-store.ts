import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { ScheduleRecord, ScheduleStore } from './schedule-record.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS schedules (
  plugin TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  anchor INTEGER NOT NULL,
  next_slot INTEGER,
  last_slot INTEGER,
  is_paused INTEGER NOT NULL,
  used TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (plugin, name)
) STRICT, WITHOUT ROWID`

const definitionSchema = z.object({
  times: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('every'), seconds: z.number() }),
    z.object({ kind: z.literal('cron'), expression: z.string(), timeZone: z.string().optional() }),
    z.object({ kind: z.literal('at'), date: z.coerce.date() }),
  ]),
  task: z.string().optional(),
  isDeclared: z.boolean(),
  missed: z.enum(['skip', 'once', 'all']),
  jitterMs: z.number(),
  timeoutMs: z.number(),
  data: z.string().optional(),
})
const rowSchema = z.object({
  plugin: z.string(),
  name: z.string(),
  definition: z.string(),
  anchor: z.number(),
  next_slot: z.number().nullable(),
  last_slot: z.number().nullable(),
  is_paused: z.number(),
  used: z.string(),
})
const usedSchema = z.array(z.tuple([z.number(), z.number()]))

/**
 * Schedules in a SQLite file. A slot is taken by one statement, so that of several assistants over the same file one
 * takes it; a commit waits for the disk, so that no slot is taken twice after a power loss.
 */
export function openSqliteScheduleStore(file: string): ScheduleStore {
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file, { timeout: 5_000 })
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLE}`)
  addColumn(database)
  const all = database.prepare('SELECT * FROM schedules')
  const find = database.prepare('SELECT * FROM schedules WHERE plugin = ? AND name = ?')
  const put = database.prepare('INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const advance = database.prepare(
    'UPDATE schedules SET anchor = ?, next_slot = ?, last_slot = ?, used = ? WHERE plugin = ? AND name = ? AND next_slot IS ? AND is_paused = 0',
  )
  const setPaused = database.prepare(
    'UPDATE schedules SET is_paused = ?, next_slot = ? WHERE plugin = ? AND name = ?',
  )
  const remove = database.prepare('DELETE FROM schedules WHERE plugin = ? AND name = ?')
  const version = database.prepare('PRAGMA data_version')
  return {
    all: () => all.all().map(toRecord),
    find(plugin, name) {
      const row = find.get(plugin, name)
      return row && toRecord(row)
    },
    put(record) {
      const { plugin, name, anchor, nextSlot, lastSlot, isPaused, used, ...definition } = record
      put.run(
        plugin,
        name,
        JSON.stringify(definition),
        anchor,
        nextSlot ?? null,
        lastSlot ?? null,
        isPaused ? 1 : 0,
        JSON.stringify(used),
      )
    },
    atomically(work) {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    advance({ plugin, name, nextSlot: expected }, { anchor, nextSlot, lastSlot, used }) {
      const { changes } = advance.run(
        anchor,
        nextSlot ?? null,
        lastSlot ?? null,
        JSON.stringify(used),
        plugin,
        name,
        expected ?? null,
      )
      return Number(changes) === 1
    },
    setPaused: (plugin, name, isPaused, nextSlot) =>
      Number(setPaused.run(isPaused ? 1 : 0, nextSlot ?? null, plugin, name).changes) === 1,
    remove: (plugin, name) => Number(remove.run(plugin, name).changes) === 1,
    version: () => Number(version.get()?.['data_version'] ?? 0),
    close: () => database.close(),
  }
}

/** Files of earlier versions lack it; of several assistants that start at once one adds it. */
function addColumn(database: DatabaseSync): void {
  const hasIt = database.prepare("SELECT 1 FROM pragma_table_info('schedules') WHERE name = 'used'")
  if (hasIt.get()) return
  database.exec('BEGIN IMMEDIATE')
  if (!hasIt.get()) database.exec("ALTER TABLE schedules ADD COLUMN used TEXT NOT NULL DEFAULT '[]'")
  database.exec('COMMIT')
}

function toRecord(row: unknown): ScheduleRecord {
  const { definition, next_slot: next, last_slot: last, is_paused: paused, ...rest } = rowSchema.parse(row)
  const kept = definitionSchema.parse(JSON.parse(definition))
  return {
    ...rest,
    ...kept,
    nextSlot: next ?? undefined,
    lastSlot: last ?? undefined,
    used: usedSchema.parse(JSON.parse(rest.used)),
    isPaused: paused === 1,
  }
}
