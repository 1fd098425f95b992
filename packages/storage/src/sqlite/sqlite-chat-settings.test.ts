import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSqliteChatSettings } from './sqlite-chat-settings.ts'
import type { ChatSettings } from '../contracts/chat-settings.ts'
import { CommitQueue } from './commit-queue.ts'
import { openStorage } from './test-storage.ts'

let folder: string
const closers: (() => Promise<void>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chat-settings-'))
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

function open(): ChatSettings {
  const storage = openStorage(join(folder, 'pluggram.db'))
  const queue = new CommitQueue(storage.log)
  closers.push(async () => {
    await queue.close()
    await storage.close()
  })
  return createSqliteChatSettings(queue, { bot: 1 })
}

test('what is set for a chat is there after a restart, and in no other chat', async () => {
  const before = open()
  await before.set('greeter', -5, 'greeting', 'Ahoy')
  await before.set('greeter', -5, 'loud', true)
  await before.set('other', -5, 'greeting', 'Hi')
  for (const settings of [before, open()]) {
    expect(settings.of('greeter', -5)).toEqual({ greeting: 'Ahoy', loud: true })
    expect(settings.of('greeter', 7)).toBeUndefined()
    expect(settings.chats('greeter')).toEqual([-5])
  }
})

test('it is the same object until it changes', async () => {
  const settings = open()
  await settings.set('greeter', 7, 'loud', true)
  const first = settings.of('greeter', 7)
  expect(settings.of('greeter', 7)).toBe(first)
  await settings.set('greeter', 7, 'loud', false)
  expect(settings.of('greeter', 7)).not.toBe(first)
  expect(settings.of('greeter', 7)).toEqual({ loud: false })
})

test('what is taken back is gone, here and on disk', async () => {
  const settings = open()
  await settings.set('greeter', 7, 'loud', true)
  await settings.set('greeter', 7, 'loud', undefined)
  expect(settings.of('greeter', 7)).toBeUndefined()
  expect(settings.chats('greeter')).toEqual([])
  expect(open().of('greeter', 7)).toBeUndefined()
})

test('a group that became a supergroup keeps what was set', async () => {
  const settings = open()
  await settings.set('greeter', -5, 'loud', true)
  await settings.set('greeter', -1005, 'loud', false)
  const written = settings.move(-5, -1005)
  // its next message may come before the commit
  expect(settings.of('greeter', -1005)).toEqual({ loud: true })
  await written
  for (const now of [settings, open()]) {
    expect(now.of('greeter', -1005)).toEqual({ loud: true })
    expect(now.of('greeter', -5)).toBeUndefined()
  }
})
