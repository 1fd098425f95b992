import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AiAccount, AiAmount, AiLimit } from '@pluggram/sdk/runtime'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommitQueue } from './commit-queue.ts'
import { createSqliteAiLedger } from './sqlite-ai-ledger.ts'
import type { StoredAiLedger } from './sqlite-ai-ledger.ts'
import { openStorage } from './test-storage.ts'

const AT = new Date('2026-11-22T10:00:00Z')
const USER: AiAccount = { scope: 'user', name: '7', isCheaper: false }
const ALL: AiAccount = { scope: 'overall', name: '', isCheaper: false }

let folder: string
let clock = AT
beforeEach(() => void (clock = AT))
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pluggram-ledger-'))))
afterEach(() => rmSync(folder, { recursive: true }))

interface OpenLedger {
  readonly ledger: StoredAiLedger
  readonly file: string
  close(): Promise<void>
}

function open(): OpenLedger {
  const file = join(folder, 'test.db')
  const storage = openStorage(file)
  const queue = new CommitQueue(storage.log)
  const ledger = createSqliteAiLedger(queue, { bot: 1, now: () => clock })
  return {
    ledger,
    file,
    async close() {
      await ledger.close()
      await queue.close()
      await storage.close()
    },
  }
}

const NOTHING: AiAmount = { tokens: 0, micros: 0 }

interface Call {
  readonly accounts: readonly AiAccount[]
  readonly most: AiAmount
  readonly limits?: readonly AiLimit[]
  readonly known?: AiAmount
}

function reserve(ledger: StoredAiLedger, { limits = [], known = NOTHING, ...call }: Call) {
  return ledger.reserve({ ...call, limits, known, at: AT })
}

/** A call that has ended. */
function record(ledger: StoredAiLedger, accounts: readonly AiAccount[], amount: AiAmount): void {
  const outcome = reserve(ledger, { accounts, most: amount })
  if ('id' in outcome) ledger.settle(outcome.id, amount)
}

test('a reservation counts at once, and what was really used takes its place', async () => {
  const { ledger, close } = open()
  const outcome = reserve(ledger, { accounts: [USER, ALL], most: { tokens: 1_000, micros: 50 } })
  expect(ledger.used(USER, 'day', AT)).toEqual({ tokens: 1_000, micros: 50 })
  if ('id' in outcome) ledger.settle(outcome.id, { tokens: 120, micros: 7 })
  for (const account of [USER, ALL]) {
    expect(ledger.used(account, 'day', AT)).toEqual({ tokens: 120, micros: 7 })
    expect(ledger.used(account, 'month', AT)).toEqual({ tokens: 120, micros: 7 })
  }
  if ('id' in outcome) ledger.settle(outcome.id, { tokens: 120, micros: 7 })
  expect(ledger.used(USER, 'day', AT).tokens).toBe(120)
  await close()
})

test('a limit that is reached refuses, and names itself', async () => {
  const { ledger, close } = open()
  const limit = { account: USER, period: 'month', tokens: 100 } as const
  record(ledger, [USER], { tokens: 99, micros: 0 })
  expect(
    reserve(ledger, { accounts: [USER], limits: [limit], most: { tokens: 50, micros: 0 } }),
  ).toHaveProperty('id')
  expect(reserve(ledger, { accounts: [USER], limits: [limit], most: { tokens: 1, micros: 0 } })).toEqual({
    reached: limit,
  })
  expect(ledger.used(USER, 'month', AT).tokens).toBe(149)
  await close()
})

test('a new day and a new month start at nothing, and a call over midnight counts for the day it began', async () => {
  const { ledger, close } = open()
  const outcome = reserve(ledger, { accounts: [USER], most: { tokens: 10, micros: 0 } })
  const tomorrow = new Date('2026-11-23T00:00:01Z')
  expect(ledger.used(USER, 'day', tomorrow).tokens).toBe(0)
  expect(ledger.used(USER, 'month', tomorrow).tokens).toBe(10)
  expect(ledger.used(USER, 'month', new Date('2026-12-01T00:00:00Z')).tokens).toBe(0)
  clock = tomorrow
  if ('id' in outcome) ledger.settle(outcome.id, { tokens: 4, micros: 0 })
  expect(ledger.used(USER, 'day', AT).tokens).toBe(4)
  expect(ledger.used(USER, 'day', tomorrow).tokens).toBe(0)
  await close()
})

test('a restart keeps what was used, and what is known of calls that the end of the program cut off', async () => {
  const first = open()
  record(first.ledger, [USER], { tokens: 5, micros: 2 })
  const call = { accounts: [USER], most: { tokens: 100, micros: 9 }, known: { tokens: 10, micros: 1 } }
  const unfinished = reserve(first.ledger, call)
  const noted = reserve(first.ledger, call)
  if ('id' in noted) first.ledger.note(noted.id, { tokens: 30, micros: 3 })
  expect(first.ledger.used(USER, 'day', AT)).toEqual({ tokens: 205, micros: 20 })
  await first.ledger.choose('chat', -100123, 'openai:x')
  await first.close()
  const { ledger, close } = open()
  expect(ledger.used(USER, 'day', AT)).toEqual({ tokens: 45, micros: 6 })
  if ('id' in unfinished) ledger.settle(unfinished.id, { tokens: 1, micros: 1 })
  expect(ledger.used(USER, 'day', AT).tokens).toBe(45)
  expect(ledger.choice('chat', -100123)).toBe('openai:x')
  await ledger.choose('chat', -100123, null)
  expect(ledger.choice('chat', -100123)).toBeUndefined()
  await close()
})

test('while another program keeps the database locked, usage is counted; it is written afterwards', async () => {
  const first = open()
  record(first.ledger, [USER], { tokens: 1, micros: 0 })
  const other = new DatabaseSync(first.file)
  other.exec('BEGIN IMMEDIATE')
  record(first.ledger, [USER], { tokens: 10, micros: 0 })
  const choosing = first.ledger.choose('user', 7, 'openai:x')
  // the write that waits gives up after five seconds; the usage is kept for the next one
  await expect(choosing).rejects.toThrow('locked')
  record(first.ledger, [USER], { tokens: 100, micros: 0 })
  expect(first.ledger.used(USER, 'day', AT).tokens).toBe(111)
  other.exec('ROLLBACK')
  other.close()
  await first.close()
  const { ledger, close } = open()
  expect(ledger.used(USER, 'day', AT).tokens).toBe(111)
  await close()
})

test('a group that became a supergroup keeps its model and its use, calls under way included', async () => {
  const { ledger, close } = open()
  const account = (id: number): AiAccount => ({ scope: 'chat', name: String(id), isCheaper: false })
  const [before, after, other] = [account(-5), account(-1005), account(-6)]
  record(ledger, [before, USER], { tokens: 100, micros: 7 })
  record(ledger, [after, USER], { tokens: 3, micros: 1 })
  record(ledger, [other], { tokens: 9, micros: 0 })
  const underWay = reserve(ledger, { accounts: [before, USER], most: { tokens: 50, micros: 0 } })
  await ledger.choose('chat', -5, 'openai:x')
  await ledger.choose('chat', -6, 'openai:z')
  await ledger.moveChat(-5, -1005)
  expect([ledger.choice('chat', -5), ledger.choice('chat', -1005)]).toEqual([undefined, 'openai:x'])
  if ('id' in underWay) ledger.settle(underWay.id, { tokens: 20, micros: 0 })
  for (const period of ['day', 'month'] as const) {
    expect(ledger.used(after, period, AT)).toEqual({ tokens: 123, micros: 8 })
    expect(ledger.used(before, period, AT)).toEqual({ tokens: 0, micros: 0 })
    expect(ledger.used(other, period, AT)).toEqual({ tokens: 9, micros: 0 })
    expect(ledger.used(USER, period, AT)).toEqual({ tokens: 123, micros: 8 })
  }
  // a repeated move, after another choice under the new id, changes nothing
  await ledger.choose('chat', -1005, 'openai:y')
  await ledger.choose('chat', -5, 'openai:late')
  await ledger.moveChat(-5, -1005)
  expect(ledger.choice('chat', -1005)).toBe('openai:y')
  expect(ledger.choice('chat', -6)).toBe('openai:z')
  expect(ledger.used(after, 'day', AT).tokens).toBe(123)
  await close()
})

test('whatever the order of calls, a limit is passed by one call at most and the sum is exact', async () => {
  const { ledger, close } = open()
  const call = fc.record({
    reserved: fc.nat(500),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    endsAfter: fc.nat(20),
  })
  let run = 0
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), fc.nat(3_000), (calls, tokens) => {
      const account: AiAccount = { scope: 'user', name: String(run++), isCheaper: false }
      const ending = new Map<number, { id: number; used: number }[]>()
      let spent = 0
      for (const [index, { reserved, share, endsAfter }] of calls.entries()) {
        for (const { id, used } of ending.get(index) ?? []) ledger.settle(id, { tokens: used, micros: 0 })
        const before = ledger.used(account, 'day', AT).tokens
        const limit = { account, period: 'day', tokens } as const
        const outcome = reserve(ledger, {
          accounts: [account],
          limits: [limit],
          most: { tokens: reserved, micros: 0 },
        })
        expect('id' in outcome).toBe(before < tokens)
        if (!('id' in outcome)) continue
        expect(ledger.used(account, 'day', AT).tokens).toBeLessThan(tokens + reserved)
        const used = Math.round(reserved * share)
        spent += used
        const end = index + 1 + endsAfter
        ending.set(end, [...(ending.get(end) ?? []), { id: outcome.id, used }])
      }
      const left = [...ending].filter(([end]) => end >= calls.length).flatMap(([, list]) => list)
      for (const { id, used } of left) ledger.settle(id, { tokens: used, micros: 0 })
      expect(ledger.used(account, 'day', AT).tokens).toBe(spent)
    }),
    { numRuns: 30 },
  )
  await close()
})
