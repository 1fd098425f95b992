import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadSessionKey } from './access-keys.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'session-key-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const rights = (): number => statSync(join(folder, 'session.key')).mode & 0o777

test('the key is made once, for its owner alone', () => {
  const key = loadSessionKey(folder)
  expect(key.length).toBeGreaterThanOrEqual(32)
  expect(rights()).toBe(0o600)
  expect(loadSessionKey(folder)).toBe(key)
})

test('a key that others could read is closed to them, and goes on to hold', () => {
  const key = loadSessionKey(folder)
  chmodSync(join(folder, 'session.key'), 0o644)
  expect(loadSessionKey(folder)).toBe(key)
  expect(rights()).toBe(0o600)
})

test('a key that is too short to be one is replaced', () => {
  writeFileSync(join(folder, 'session.key'), 'short', { mode: 0o644 })
  const key = loadSessionKey(folder)
  expect(key).not.toBe('short')
  expect(readFileSync(join(folder, 'session.key'), 'utf8')).toBe(key)
  expect(rights()).toBe(0o600)
})
