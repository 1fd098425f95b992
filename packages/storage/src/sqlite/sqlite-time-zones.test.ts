import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TimeZoneStore } from '../contracts/time-zone-store.ts'
import { CommitQueue } from './commit-queue.ts'
import { createSqliteTimeZones } from './sqlite-time-zones.ts'
import { openStorage } from './test-storage.ts'

let folder: string
const closers: (() => Promise<void>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'time-zones-'))
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

function open(bot = 1): TimeZoneStore {
  const storage = openStorage(join(folder, 'pluggram.db'))
  const queue = new CommitQueue(storage.log)
  closers.push(async () => {
    await queue.close()
    await storage.close()
  })
  return createSqliteTimeZones(queue, { bot })
}

test('a zone is there after a restart, for one bot, until it is removed', async () => {
  const zones = open()
  await zones.set(7, 'Asia/Kathmandu')
  await zones.set(7, '+05:45')
  await zones.set(8, 'UTC')
  await zones.set(8, undefined)
  for (const now of [zones, open()]) expect([now.of(7), now.of(8)]).toEqual(['+05:45', undefined])
  expect(open(2).of(7)).toBeUndefined()
})

test('a group that became a supergroup keeps its zone', async () => {
  const zones = open()
  await zones.set(-5, 'Pacific/Apia')
  const written = zones.move(-5, -1005)
  // its next message may come before the commit
  expect(zones.of(-1005)).toBe('Pacific/Apia')
  await written
  await zones.move(-6, -1005)
  for (const now of [zones, open()]) expect([now.of(-1005), now.of(-5)]).toEqual(['Pacific/Apia', undefined])
})
