import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sessions } from './sessions.ts'

const DAY = 24 * 60 * 60 * 1_000
const logger = { debug() {}, info() {}, warn() {}, error() {} }

let folder = ''
let now = 0
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sessions-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function open(password?: string): Sessions {
  return new Sessions({ file: join(folder, 'sessions.json'), key: 'key', password, logger, now: () => now })
}

test('a session is valid for thirty days, in later runs too', () => {
  const cookie = open().create('link', '127.0.0.1', 'Firefox')
  now = 29 * DAY
  expect(open().find(cookie)).toMatchObject({ by: 'link', browser: 'Firefox', seenAt: now })
  now = 31 * DAY
  expect(open().find(cookie)).toBeUndefined()
  expect(open().list()).toEqual([])
  now = 0
})

test('what is stored lets nobody in, and nothing made up does', () => {
  const sessions = open()
  const cookie = sessions.create('password', '127.0.0.1', '')
  const stored = readFileSync(join(folder, 'sessions.json'), 'utf8')
  expect(stored).not.toContain(cookie)
  const [session] = sessions.list()
  for (const made of [undefined, '', session?.id, session?.hash, `${cookie}x`])
    expect(sessions.find(made)).toBeUndefined()
})

test('a new password ends every session, and so does a damaged file', () => {
  const cookie = open('first password').create('password', '::1', '')
  expect(open('first password').find(cookie)).toBeDefined()
  expect(open('second password').find(cookie)).toBeUndefined()
  expect(open('first password').find(cookie)).toBeUndefined()
  const other = open('first password').create('password', '::1', '')
  writeFileSync(join(folder, 'sessions.json'), '{')
  expect(open('first password').find(other)).toBeUndefined()
})

test('the oldest session ends when there are too many', () => {
  const sessions = open()
  const first = sessions.create('link', '::1', '')
  for (let count = 0; count < 100; count += 1) {
    now += 1
    sessions.create('link', '::1', '')
  }
  expect(sessions.find(first)).toBeUndefined()
  expect(sessions.list()).toHaveLength(100)
  now = 0
})
