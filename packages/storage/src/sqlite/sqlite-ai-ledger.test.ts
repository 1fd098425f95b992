import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AiAccount } from '@pluggram/sdk/runtime'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSqliteAiLedger } from './sqlite-ai-ledger.ts'
import { openSqliteDatabase } from './sqlite-database.ts'

const AT = new Date('2026-11-22T10:00:00Z')
const USER: AiAccount = { scope: 'user', name: '7', isCheaper: false }
const ALL: AiAccount = { scope: 'overall', name: '', isCheaper: false }

let folder: string
let clock = AT
beforeEach(() => void (clock = AT))
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pluggram-ledger-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function open(): {
  database: ReturnType<typeof openSqliteDatabase>
  ledger: ReturnType<typeof createSqliteAiLedger>
} {
  const database = openSqliteDatabase(join(folder, 'test.db'))
  return { database, ledger: createSqliteAiLedger(database, { bot: 1, now: () => clock }) }
}

test('a reservation counts at once, and what was really used takes its place', () => {
  const { database, ledger } = open()
  const outcome = ledger.reserve([USER, ALL], [], { tokens: 1_000, micros: 50 }, AT)
  expect(ledger.used(USER, 'day', AT)).toEqual({ tokens: 1_000, micros: 50 })
  if ('id' in outcome) ledger.settle(outcome.id, { tokens: 120, micros: 7 })
  for (const account of [USER, ALL]) {
    expect(ledger.used(account, 'day', AT)).toEqual({ tokens: 120, micros: 7 })
    expect(ledger.used(account, 'month', AT)).toEqual({ tokens: 120, micros: 7 })
  }
  if ('id' in outcome) ledger.settle(outcome.id, { tokens: 120, micros: 7 })
  expect(ledger.used(USER, 'day', AT).tokens).toBe(120)
  database.close()
})

test('a limit that is reached refuses, and names itself', () => {
  const { database, ledger } = open()
  const limit = { account: USER, period: 'month', tokens: 100 } as const
  ledger.record([USER], { tokens: 99, micros: 0 }, AT)
  expect(ledger.reserve([USER], [limit], { tokens: 50, micros: 0 }, AT)).toHaveProperty('id')
  expect(ledger.reserve([USER], [limit], { tokens: 1, micros: 0 }, AT)).toEqual({ reached: limit })
  expect(ledger.used(USER, 'month', AT).tokens).toBe(149)
  database.close()
})

test('a new day and a new month start at nothing, and a call over midnight counts for the day it began', () => {
  const { database, ledger } = open()
  const outcome = ledger.reserve([USER], [], { tokens: 10, micros: 0 }, AT)
  const tomorrow = new Date('2026-11-23T00:00:01Z')
  expect(ledger.used(USER, 'day', tomorrow).tokens).toBe(0)
  expect(ledger.used(USER, 'month', tomorrow).tokens).toBe(10)
  expect(ledger.used(USER, 'month', new Date('2026-12-01T00:00:00Z')).tokens).toBe(0)
  clock = tomorrow
  if ('id' in outcome) ledger.settle(outcome.id, { tokens: 4, micros: 0 })
  expect(ledger.used(USER, 'day', AT).tokens).toBe(4)
  expect(ledger.used(USER, 'day', tomorrow).tokens).toBe(0)
  database.close()
})

test('a restart keeps what was used and counts unfinished calls in full', () => {
  const first = open()
  first.ledger.record([USER], { tokens: 5, micros: 2 }, AT)
  const unfinished = first.ledger.reserve([USER], [], { tokens: 100, micros: 9 }, AT)
  first.ledger.choose('chat', -100123, 'openai:x')
  first.database.close()
  const { database, ledger } = open()
  expect(ledger.used(USER, 'day', AT)).toEqual({ tokens: 105, micros: 11 })
  if ('id' in unfinished) ledger.settle(unfinished.id, { tokens: 1, micros: 1 })
  expect(ledger.used(USER, 'day', AT).tokens).toBe(105)
  expect(ledger.choice('chat', -100123)).toBe('openai:x')
  ledger.choose('chat', -100123, null)
  expect(ledger.choice('chat', -100123)).toBeUndefined()
  database.close()
})

test('a group that became a supergroup keeps its model and its use, calls under way included', () => {
  const { database, ledger } = open()
  const account = (id: number): AiAccount => ({ scope: 'chat', name: String(id), isCheaper: false })
  const [before, after, other] = [account(-5), account(-1005), account(-6)]
  ledger.record([before, USER], { tokens: 100, micros: 7 }, AT)
  ledger.record([after, USER], { tokens: 3, micros: 1 }, AT)
  ledger.record([other], { tokens: 9, micros: 0 }, AT)
  const underWay = ledger.reserve([before, USER], [], { tokens: 50, micros: 0 }, AT)
  ledger.choose('chat', -5, 'openai:x')
  ledger.choose('chat', -6, 'openai:z')
  ledger.moveChat(-5, -1005)
  expect([ledger.choice('chat', -5), ledger.choice('chat', -1005)]).toEqual([undefined, 'openai:x'])
  if ('id' in underWay) ledger.settle(underWay.id, { tokens: 20, micros: 0 })
  for (const period of ['day', 'month'] as const) {
    expect(ledger.used(after, period, AT)).toEqual({ tokens: 123, micros: 8 })
    expect(ledger.used(before, period, AT)).toEqual({ tokens: 0, micros: 0 })
    expect(ledger.used(other, period, AT)).toEqual({ tokens: 9, micros: 0 })
    expect(ledger.used(USER, period, AT)).toEqual({ tokens: 123, micros: 8 })
  }
  // a repeated move, after another choice under the new id, changes nothing
  ledger.choose('chat', -1005, 'openai:y')
  ledger.choose('chat', -5, 'openai:late')
  ledger.moveChat(-5, -1005)
  expect(ledger.choice('chat', -1005)).toBe('openai:y')
  expect(ledger.choice('chat', -6)).toBe('openai:z')
  expect(ledger.used(after, 'day', AT).tokens).toBe(123)
  database.close()
})

test('whatever the order of calls, a limit is passed by one call at most and the sum is exact', () => {
  const { database, ledger } = open()
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
        const outcome = ledger.reserve([account], [limit], { tokens: reserved, micros: 0 }, AT)
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
  database.close()
})
