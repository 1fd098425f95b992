import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JourneyStore, KeptJourney } from '../contracts/journey-store.ts'
import { CommitQueue } from './commit-queue.ts'
import { createSqliteJourneys } from './sqlite-journeys.ts'
import { openStorage } from './test-storage.ts'

const KEPT: KeptJourney = {
  day: '2026-11-30',
  plugin: 'weather',
  reason: 'slowest',
  value: 12.5,
  updateId: 7,
  chatId: -5,
  userId: 9,
  journey: '{}',
}

let folder: string
const closers: (() => Promise<void>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journeys-'))
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

function open(bot = 1): JourneyStore {
  const storage = openStorage(join(folder, 'pluggram.db'))
  const queue = new CommitQueue(storage.log)
  closers.push(async () => {
    await queue.close()
    await storage.close()
  })
  return createSqliteJourneys(queue, { bot })
}

test('keeps one journey for each day, plugin and reason', async () => {
  const store = open()
  await store.keep([KEPT, { ...KEPT, reason: 'failed' }, { ...KEPT, day: '2026-11-29' }])
  await store.keep([{ ...KEPT, value: 20, updateId: 8 }])
  const found = await store.all()
  expect(found.map(({ day, reason, updateId }) => [day, reason, updateId])).toEqual([
    ['2026-11-30', 'failed', 7],
    ['2026-11-30', 'slowest', 8],
    ['2026-11-29', 'slowest', 7],
  ])
})

test('deletes old days and the journeys of a user, and follows a chat that moves', async () => {
  const store = open()
  await store.keep([KEPT, { ...KEPT, day: '2026-11-20' }, { ...KEPT, plugin: 'other', userId: 10 }])
  await store.forgetBefore('2026-11-25')
  await store.forget(9)
  await store.move(-5, -1005)
  expect(await store.all()).toEqual([{ ...KEPT, plugin: 'other', userId: 10, chatId: -1005 }])
})

test('another bot has journeys of its own', async () => {
  await open().keep([KEPT])
  expect(await open(2).all()).toEqual([])
})
