import { outboxPart, storedText, unfinished, unsent } from '@pluggram/testing/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  CommitQueue,
  createSqliteAccessStore,
  createSqliteAiLedger,
  createSqliteChatSettings,
  createSqliteMessageStore,
  createSqlitePluginChats,
  findOtherBots,
  openSqliteDatabase,
  WriteLog,
} from '../index.ts'

const [FIRST, SECOND] = [700_000_001, 7_123_456_789]
const HOUR = 3_600_000

let database: ReturnType<typeof openSqliteDatabase>
let log: WriteLog
beforeEach(() => {
  database = openSqliteDatabase(':memory:')
  log = new WriteLog(database)
})
afterEach(async () => {
  await log.close()
  database.close()
})

test('after the token changed nothing of the old bot is answered or sent, and all is there when its token is back', async () => {
  const before = createSqliteMessageStore(log, { bot: FIRST })
  await before.accept([storedText(1), storedText(2), storedText(3)])
  await before.finish(1, [outboxPart('answer')])
  await before.addInterim(2, 'dice:1', [outboxPart('working')])
  await before.park(3, 'poison')
  await before.close()

  const other = createSqliteMessageStore(log, { bot: SECOND })
  expect(await unfinished(other)).toEqual([])
  expect(await unsent(other)).toEqual([])
  expect(await other.parked()).toEqual([])
  expect(await other.waiting(2)).toBeUndefined()
  expect(await other.interim(2, 'dice:1')).toEqual([])
  expect(await other.replay(3)).toBeUndefined()
  expect(await other.drop(3)).toBe(false)
  await other.park(2, 'not mine')
  await other.moveChat(7, -1005)
  expect(findOtherBots(database, SECOND)).toEqual([{ bot: FIRST, updates: 1, messages: 2 }])
  expect(findOtherBots(database, FIRST)).toEqual([])

  // update ids of two bots are independent
  expect(await other.accept([storedText(1), storedText(2)])).toHaveLength(2)
  const [sent] = await other.finish(2, [outboxPart('mine')])
  await other.markSent({ id: sent?.id ?? 0 }, { id: 9, chatId: 7 })
  expect(await unfinished(other)).toMatchObject([{ update: { updateId: 1 } }])
  await other.close()

  const again = createSqliteMessageStore(log, { bot: FIRST })
  expect(await unfinished(again)).toEqual([{ update: storedText(2), tries: 0 }])
  expect(await unsent(again)).toMatchObject([
    { content: { text: 'answer' }, chatId: 7 },
    { updateId: 2, chatId: 7 },
  ])
  expect(await again.parked()).toMatchObject([{ update: { updateId: 3 }, reason: 'poison' }])
  expect(await again.interim(2, 'dice:1')).toHaveLength(1)
  expect(await again.accept([storedText(1), storedText(3)])).toEqual([])
  await again.close()
})

test('the ids of another bot are forgotten with age, and nothing that waits', async () => {
  let now = 0
  const before = createSqliteMessageStore(log, { bot: SECOND, now: () => now })
  await before.accept([storedText(1), storedText(2)])
  await before.finish(1, [])
  await before.close()
  const other = createSqliteMessageStore(log, { bot: FIRST, now: () => now })
  now = 47 * HOUR
  await other.forgetOld()
  expect(database.prepare('SELECT count(*) AS n FROM inbox').get()?.n).toBe(2)
  now = 49 * HOUR
  await other.forgetOld()
  expect(database.prepare('SELECT update_id FROM inbox').all()).toEqual([{ update_id: 2 }])
  await other.close()
})

test('what was decided, set, chosen and used with one bot counts for no other', async () => {
  const queue = new CommitQueue(log)
  const open = (bot: number) => ({
    access: createSqliteAccessStore(queue, { bot }),
    settings: createSqliteChatSettings(queue, { bot }),
    chats: createSqlitePluginChats(queue, { bot }),
    ledger: createSqliteAiLedger(queue, { bot }),
  })
  const at = new Date()
  const account = { scope: 'chat', name: '-5', isCheaper: false } as const
  const first = open(FIRST)
  await first.access.decide(7, 'owner', 'Ada')
  await first.access.switchInChat(-5, 'dice', false)
  await first.settings.set('greeter', -5, 'loud', true)
  first.chats.enter('dice', -5)(true)
  await first.chats.close()
  const amount = { tokens: 5, micros: 1 }
  first.ledger.reserve({ accounts: [account], limits: [], most: amount, known: amount, at })
  await first.ledger.close()
  await first.ledger.choose('chat', -5, 'openai:x')

  const second = open(SECOND)
  expect(second.access.standingOf(7)).toBeUndefined()
  expect(second.access.parties()).toEqual([])
  expect(second.access.offIn(-5)).toBeUndefined()
  expect(second.settings.of('greeter', -5)).toBeUndefined()
  expect(second.chats.has('dice', -5)).toBe(false)
  expect(second.ledger.used(account, 'day', at).tokens).toBe(0)
  expect(second.ledger.choice('chat', -5)).toBeUndefined()
  // a group's migration is recorded for each bot separately
  for (const store of [second.access, second.settings, second.chats]) await store.move(-5, -1005)
  await second.ledger.moveChat(-5, -1005)
  await second.access.forget(7)
  await second.ledger.choose('chat', -5, null)

  const again = open(FIRST)
  expect(again.access.parties()).toMatchObject([{ id: 7, standing: 'owner', name: 'Ada' }])
  expect([...(again.access.offIn(-5) ?? [])]).toEqual(['dice'])
  expect(again.settings.of('greeter', -5)).toEqual({ loud: true })
  expect(again.chats.has('dice', -5)).toBe(true)
  expect(again.ledger.used(account, 'day', at).tokens).toBe(5)
  expect(again.ledger.choice('chat', -5)).toBe('openai:x')
  await queue.close()
})
