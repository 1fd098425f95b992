import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageStoreContract, outboxPart, storedText, unfinished, unsent } from '@pluggram/testing/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSqliteMessageStore } from '../index.ts'
import { openStorage } from './test-storage.ts'
import type { TestStorage } from './test-storage.ts'

const BOT = 700_000_001
const HOUR = 60 * 60 * 1_000

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pluggram-messages-'))
})

afterEach(() => rm(folder, { recursive: true }))

function openFile(): TestStorage {
  return openStorage(join(folder, 'pluggram.db'))
}

messageStoreContract(() => {
  const storage = openFile()
  return { store: createSqliteMessageStore(storage.log, { bot: BOT }), close: () => storage.close() }
})

test('what was committed is there after the file is opened again', async () => {
  const first = openFile()
  const store = createSqliteMessageStore(first.log, { bot: BOT })
  await store.accept([storedText(1), storedText(2)])
  await store.finish(1, [outboxPart('answer')])
  await store.close()
  await first.close()
  const second = openFile()
  const again = createSqliteMessageStore(second.log, { bot: BOT })
  expect(await unfinished(again)).toEqual([{ update: storedText(2), tries: 0 }])
  expect(await unsent(again)).toMatchObject([{ content: { text: 'answer' }, updateId: 1 }])
  expect(await again.accept([storedText(1), storedText(3)])).toEqual([{ update: storedText(3), tries: 0 }])
  expect((await unfinished(again)).map(({ update }) => update.updateId)).toEqual([2, 3])
  await again.close()
  await second.close()
})

test('writes of one moment share a commit; one that fails fails them all and leaves nothing', async () => {
  const storage = openFile()
  const store = createSqliteMessageStore(storage.log, { bot: BOT })
  const outcomes = await Promise.allSettled([
    store.accept([storedText(1)]),
    store.finish(9, [{ ...outboxPart('x'), policy: null as never }]),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(store.failure()).toMatch(/NOT NULL/)
  expect(await unfinished(store)).toEqual([])
  expect(await store.accept([storedText(1)])).toHaveLength(1)
  expect(store.failure()).toBeUndefined()
  await store.close()
  await storage.close()
})

test('ids are remembered for two days, then forgotten; open and parked updates stay', async () => {
  let now = 0
  const storage = openFile()
  const store = createSqliteMessageStore(storage.log, { bot: BOT, now: () => now })
  await store.accept([storedText(1), storedText(2), storedText(3)])
  await store.finish(1, [])
  await store.park(2, 'poison')
  now = 47 * HOUR
  await store.forgetOld()
  expect(await store.accept([storedText(1)])).toEqual([])
  now = 49 * HOUR
  await store.forgetOld()
  expect(await store.accept([storedText(1), storedText(2), storedText(3)])).toMatchObject([
    { update: { updateId: 1 } },
  ])
  expect(await store.parked()).toHaveLength(1)
  await store.close()
  await storage.close()
})

test('old ids are forgotten wherever they stand, however many there are', async () => {
  let now = 0
  const storage = openFile()
  const store = createSqliteMessageStore(storage.log, { bot: BOT, now: () => now })
  const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at)
  const accept = (ids: readonly number[]) => store.accept(ids.map((id) => storedText(id)))
  const old = range(10_000, 4_500)
  await accept(old)
  await Promise.all(old.map((id) => store.finish(id, [])))
  now = 49 * HOUR
  // after a quiet week the ids start anywhere, possibly lower
  const young = [...range(1, 2_500), ...range(20_000, 10)]
  await accept(young)
  await Promise.all(young.map((id) => store.finish(id, [])))
  await store.forgetOld()
  const kept = storage.database.prepare('SELECT update_id FROM inbox ORDER BY update_id').all()
  expect(kept.map((row) => row.update_id)).toEqual(young)
  await store.close()
  await storage.close()
})

test('a sent message knows its author in the outbox, in the table, and after a restart between them', async () => {
  const first = openFile()
  const store = createSqliteMessageStore(first.log, { bot: BOT })
  const count = 1_500
  const messages = Array.from({ length: count }, () => ({
    ...outboxPart('x'),
    plugin: 'dice',
    questionId: 5,
  }))
  const rows = await store.post(messages)
  const chatOf = (id: number): number => 1 + (id % 7)
  await Promise.all(rows.map((row) => store.markSent(row, { chatId: chatOf(row.id), id: 10 + row.id })))
  const database = first.log.connection
  const stored = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n)
  await expect.poll(() => stored('sent_messages')).toBeGreaterThan(1_000)
  expect(stored('sent_messages') + stored('outbox')).toBe(count)
  await store.noteSent('feeds', [{ chatId: chatOf(count), id: 10 + count }])
  await store.close()
  await first.close()
  let now = Date.now()
  const second = openFile()
  const again = createSqliteMessageStore(second.log, { bot: BOT, now: () => now })
  const authors = async () => {
    const all = await Promise.all(rows.map(({ id }) => again.authorOf(chatOf(id), 10 + id)))
    return [...new Set(all)]
  }
  expect(await authors()).toEqual(['dice'])
  expect(await unsent(again)).toEqual([])
  const answers = rows.map(({ id }) => id).filter((id) => chatOf(id) === 3)
  const expected = answers.map((id) => 10 + id).filter((id) => id <= 5 + 1_000)
  expect((await again.answersTo(3, 5, 'dice')).filter((id) => id <= 5 + 1_000)).toEqual(expected)
  now += 8 * 24 * HOUR
  await again.forgetOld()
  expect(await authors()).toEqual(['dice'])
  await again.close()
  await second.close()
})
