import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decideHeld, holdRestored, listHeld } from './held-messages.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const NOW = 1_000_000
let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-held-'))
  file = join(folder, 'pluggram.db')
  const database = openSqliteDatabase(file)
  for (const [id, bot, state] of [
    [1, 7, 'unsent'],
    [2, 7, 'sending'],
    [3, 7, 'failed'],
    [4, 8, 'unsent'],
  ] as const)
    database
      .prepare(
        `INSERT INTO outbox (id, bot, update_id, part, chat_id, content, policy, state, created_at)
         VALUES (?, ?, 1, 0, 5, '{"method":"sendMessage"}', 'at-least-once', ?, ?)`,
      )
      .run(id, bot, state, id)
  for (const [id, state] of [
    [1, 'new'],
    [2, 'done'],
    [3, 'parked'],
  ] as const)
    database
      .prepare(
        `INSERT INTO inbox (bot, update_id, sequence, state, received_at, reason) VALUES (7, ?, ?, ?, 1, 'x')`,
      )
      .run(id, id, state)
  for (const [name, missed, next] of [
    ['reminder', 'once', NOW - 1],
    ['catches up', 'all', NOW],
    ['goes on', 'skip', NOW - 1],
    ['later', 'once', NOW + 1],
    ['over', 'once', null],
  ] as const)
    database
      .prepare(
        `INSERT INTO schedules (bot, plugin, name, definition, anchor, next_slot, is_paused, used)
         VALUES (7, 'p', ?, ?, 0, ?, 0, '[]')`,
      )
      .run(name, JSON.stringify({ missed }), next)
  database.close()
})

afterEach(() => rm(folder, { recursive: true }))

function rows(sql: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row).join(' '))
  } finally {
    database.close()
  }
}

test('what may have been sent, answered or run since is held, for every bot; the rest is as it was', () => {
  expect(holdRestored(file, NOW)).toEqual({ messages: 3, updates: 1, schedules: 2 })
  expect(rows('SELECT id, state FROM outbox ORDER BY id')).toEqual(['1 held', '2 held', '3 failed', '4 held'])
  expect(rows('SELECT update_id, state FROM inbox ORDER BY update_id')).toEqual([
    '1 parked',
    '2 done',
    '3 parked',
  ])
  expect(rows('SELECT name FROM schedules WHERE is_paused = 1 ORDER BY name')).toEqual([
    'catches up',
    'reminder',
  ])
  expect(holdRestored(file, NOW)).toEqual({ messages: 0, updates: 0, schedules: 0 })
})

test('the owner sends or deletes held messages of the bot, and no others', () => {
  holdRestored(file, NOW)
  const database = new DatabaseSync(file)
  expect(listHeld(database, 7)).toEqual([
    { id: 1, chatId: 5, content: { method: 'sendMessage' }, createdAt: 1 },
    { id: 2, chatId: 5, content: { method: 'sendMessage' }, createdAt: 2 },
  ])
  expect(decideHeld(database, { bot: 7, ids: [1, 3, 4], isSent: true })).toBe(1)
  expect(decideHeld(database, { bot: 7, ids: [2, 3, 4], isSent: false })).toBe(1)
  expect(listHeld(database, 7)).toEqual([])
  database.close()
  expect(rows('SELECT id, state FROM outbox ORDER BY id')).toEqual(['1 unsent', '3 failed', '4 held'])
})
