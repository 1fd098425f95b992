import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageStoreContract, outboxPart, storedText } from '@pluggram/testing/contracts'
import { expect, test } from 'vitest'
import { createSqliteMessageStore, openSqliteDatabase } from './index.ts'

const HOUR = 60 * 60 * 1_000

messageStoreContract(() => {
  const database = openSqliteDatabase(':memory:')
  return { store: createSqliteMessageStore(database), close: () => database.close() }
})

test('what was committed is there after the file is opened again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pluggram-messages-'))
  const file = join(folder, 'pluggram.db')
  const first = openSqliteDatabase(file)
  const store = createSqliteMessageStore(first)
  await store.accept([storedText(1), storedText(2)])
  await store.finish(1, [outboxPart('answer')])
  first.close()
  const second = openSqliteDatabase(file)
  const again = createSqliteMessageStore(second)
  expect(again.unfinished()).toEqual([{ update: storedText(2), tries: 0 }])
  expect(again.unsent()).toMatchObject([{ content: { text: 'answer' }, updateId: 1 }])
  expect(await again.accept([storedText(1), storedText(3)])).toEqual([{ update: storedText(3), tries: 0 }])
  expect(again.unfinished().map(({ update }) => update.updateId)).toEqual([2, 3])
  second.close()
  await rm(folder, { recursive: true })
})

test('writes of one moment share a commit; one that fails fails them all and leaves nothing', async () => {
  const database = openSqliteDatabase(':memory:')
  const store = createSqliteMessageStore(database)
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const outcomes = await Promise.allSettled([
    store.accept([storedText(1)]),
    store.finish(9, [{ ...outboxPart('x'), content: circle }]),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(store.unfinished()).toEqual([])
  expect(await store.accept([storedText(1)])).toHaveLength(1)
  database.close()
})

test('ids are remembered for two days, then forgotten; open and parked updates stay', async () => {
  let now = 0
  const database = openSqliteDatabase(':memory:')
  const store = createSqliteMessageStore(database, { now: () => now })
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
  expect(store.parked()).toHaveLength(1)
  database.close()
})
