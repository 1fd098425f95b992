import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommitQueue, createSqliteAccessStore, openSqliteDatabase, WriteLog } from '../index.ts'

let database: ReturnType<typeof openSqliteDatabase>
let queue: CommitQueue
let time = 1_000_000_000
const open = () => createSqliteAccessStore(queue, { bot: 1, now: () => time })

beforeEach(() => {
  database = openSqliteDatabase(':memory:')
  queue = new CommitQueue(new WriteLog(database))
})
afterEach(async () => {
  await queue.close()
  database.close()
})

test('decisions hold after a restart, and can be taken back', async () => {
  const store = open()
  await store.decide(7, 'trusted', 'Ada')
  await store.decide(8, 'blocked')
  expect([open().standingOf(7), open().standingOf(8), open().standingOf(9)]).toEqual([
    'trusted',
    'blocked',
    undefined,
  ])
  await store.decide(8, undefined)
  expect([store.standingOf(8), open().standingOf(8)]).toEqual([undefined, undefined])
})

test('a decision about somebody who wrote keeps their name', async () => {
  const store = open()
  store.note({ id: 7, name: 'Ada', username: 'ada' })
  await store.decide(7, 'allowed')
  await queue.write(() => {})
  for (const read of [store, open()])
    expect(read.parties()).toMatchObject([{ id: 7, standing: 'allowed', name: 'Ada', username: 'ada' }])
  store.note({ id: 7, name: 'Ada Lovelace' })
  await queue.write(() => {})
  for (const read of [store, open()]) {
    expect(read.parties()).toMatchObject([{ standing: 'allowed', name: 'Ada Lovelace' }])
    expect(read.parties()[0]).not.toHaveProperty('username')
  }
})

test('somebody is told once a week that they may not chat, also after a restart', async () => {
  const store = open()
  expect([store.noteTold(7), store.noteTold(7), store.noteTold(8)]).toEqual([true, false, true])
  await queue.write(() => {})
  expect(open().noteTold(7)).toBe(false)
  time += 7 * 24 * 3_600_000
  expect(open().noteTold(7)).toBe(true)
})

test('who may chat, as decided by chat, holds after a restart', async () => {
  const store = open()
  expect([store.mode(), store.hasOwner()]).toEqual([undefined, false])
  await store.chooseMode('everyone')
  await store.chooseMode('owners')
  await store.decide(7, 'owner')
  expect([store.mode(), open().mode(), store.hasOwner(), open().hasOwner()]).toEqual([
    'owners',
    'owners',
    true,
    true,
  ])
  await store.decide(7, undefined)
  expect([store.hasOwner(), open().hasOwner()]).toEqual([false, false])
})

test('only the latest strangers are remembered, and all decisions', async () => {
  const store = open()
  await store.decide(1, 'blocked')
  for (let id = 100; id < 700; id += 1) {
    time += 1
    store.note({ id, name: 'stranger' })
  }
  const parties = store.parties()
  expect(parties).toHaveLength(501)
  expect(parties[0]?.id).toBe(699)
  expect(parties.at(-1)?.id).toBe(1)
})

test('plugins are switched off in one chat only, and on again', async () => {
  const store = open()
  await store.switchInChat(-5, 'dice', false)
  await store.switchInChat(-5, 'feeds', false)
  expect([...(open().offIn(-5) ?? [])]).toEqual(['dice', 'feeds'])
  expect(store.offIn(-6)).toBeUndefined()
  await store.switchInChat(-5, 'dice', true)
  await store.switchInChat(-5, 'feeds', true)
  expect([store.offIn(-5), open().offIn(-5)]).toEqual([undefined, undefined])
})

test('a group that became a supergroup keeps what was decided about it', async () => {
  const store = open()
  await store.decide(-5, 'allowed', 'Team')
  await store.switchInChat(-5, 'dice', false)
  await store.move(-5, -1005)
  expect([store.standingOf(-5), store.standingOf(-1005)]).toEqual([undefined, 'allowed'])
  expect([...(store.offIn(-1005) ?? [])]).toEqual(['dice'])
})

test('who wants to be forgotten is gone, and a decision about them stays without a name', async () => {
  const store = open()
  store.note({ id: 7, name: 'Ada', username: 'ada' })
  store.note({ id: 8, name: 'Bob', username: 'bob' })
  store.note({ id: 9, name: 'Eve', username: 'eve' })
  await store.decide(9, 'blocked')
  await store.forget(7)
  await store.forget(9)
  for (const read of [store, open()]) {
    expect(read.parties().map(({ id, name, username, standing }) => [id, name, username, standing])).toEqual([
      [8, 'Bob', 'bob', 'unknown'],
      [9, '', undefined, 'blocked'],
    ])
    expect(read.standingOf(9)).toBe('blocked')
  }
})
