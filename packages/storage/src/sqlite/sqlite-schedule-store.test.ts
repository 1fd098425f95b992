import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scheduleRecord, scheduleStoreContract } from '@pluggram/testing/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSqliteScheduleStore } from './sqlite-schedule-store.ts'
import { openStorage } from './test-storage.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pluggram-schedules-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function open(bot = 1) {
  const storage = openStorage(join(folder, 'pluggram.db'))
  return { store: createSqliteScheduleStore(storage.log, { bot }), close: () => storage.close() }
}

scheduleStoreContract(open)

test('schedules outlive a restart, and belong to their bot', async () => {
  const record = scheduleRecord('tidy')
  const first = open()
  await first.store.update('notes', 'tidy', () => record)
  await first.store.close()
  await first.close()
  const [again, other] = [open(), open(2)]
  expect(await again.store.all()).toEqual([record])
  expect(await other.store.all()).toEqual([])
  expect(await other.store.advance(record, { ...record, nextSlot: 9 })).toBe(false)
  await other.store.update('notes', 'tidy', () => undefined)
  expect(await again.store.find('notes', 'tidy')).toEqual(record)
  for (const { store, close } of [again, other]) {
    await store.close()
    await close()
  }
})

test('a change of another process shows in the version', async () => {
  const [one, two] = [open(), open()]
  const before = await one.store.version()
  expect(await one.store.version()).toBe(before)
  await two.store.update('notes', 'tidy', () => scheduleRecord('tidy'))
  expect(await one.store.version()).not.toBe(before)
  for (const { store, close } of [one, two]) {
    await store.close()
    await close()
  }
})
