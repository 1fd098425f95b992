import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { CommitQueue } from './commit-queue.ts'
import { createSqlitePluginChats } from './sqlite-plugin-chats.ts'
import type { StoredPluginChats } from './sqlite-plugin-chats.ts'
import { openStorage } from './test-storage.ts'

const folders: string[] = []
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-chats-'))
  folders.push(folder)
  return join(folder, 'pluggram.db')
}

function open(file = newFile()): StoredPluginChats {
  const storage = openStorage(file)
  const queue = new CommitQueue(storage.log)
  const chats = createSqlitePluginChats(queue, { bot: 1 })
  closers.push(async () => {
    await chats.close()
    await queue.close()
    await storage.close()
  })
  return chats
}

test('a plugin has a chat while it works on a message there, and for good when it answered', () => {
  const chats = open()
  const [first, second] = [chats.enter('dice', 7), chats.enter('dice', 7)]
  expect(chats.has('dice', 7)).toBe(true)
  expect(chats.has('dice', 8)).toBe(false)
  expect(chats.has('other', 7)).toBe(false)
  first(false)
  expect(chats.has('dice', 7)).toBe(true)
  second(false)
  expect(chats.has('dice', 7)).toBe(false)
  chats.enter('dice', 7)(true)
  expect(chats.has('dice', 7)).toBe(true)
})

test('what was answered is known after a restart', async () => {
  const file = newFile()
  const before = open(file)
  before.enter('dice', 7)(true)
  before.enter('dice', 8)(false)
  await before.close()
  const after = open(file)
  expect([after.has('dice', 7), after.has('dice', 8)]).toEqual([true, false])
})

test('a group that became a supergroup keeps its plugins', async () => {
  const chats = open()
  chats.enter('dice', -5)(true)
  await chats.move(-5, -1005)
  expect(chats.has('dice', -1005)).toBe(true)
})

test('a chat whose write failed stays known, and is written later', async () => {
  const file = newFile()
  const failing = vi.spyOn(CommitQueue.prototype, 'writeLight').mockRejectedValueOnce(new Error('full'))
  const before = open(file)
  before.enter('dice', 7)(true)
  await expect.poll(() => failing.mock.settledResults.length).toBe(1)
  expect(before.has('dice', 7)).toBe(true)
  await before.close()
  expect(open(file).has('dice', 7)).toBe(true)
})
