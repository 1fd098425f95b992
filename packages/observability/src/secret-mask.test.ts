import { expect, test } from 'vitest'
import { createSecretMask } from './secret-mask.ts'

test('in chats, what could be an ordinary word stays', () => {
  const mask = createSecretMask([
    'welcome',
    'x-api-key',
    'k3y-of-weather',
    'correct horse battery',
    '12345678',
  ])
  expect(mask.applyToChat('welcome! x-api-key: k3y-of-weather, correct horse battery, 12345678')).toBe(
    'welcome! x-api-key: [secret], [secret], 12345678',
  )
  expect(mask.apply('welcome! 12345678')).toBe('[secret]! [secret]')
})

test('in chats, a secret is hidden in its JSON and URL forms, and so is every bot token', () => {
  const mask = createSecretMask(['pass"word/1'])
  expect(mask.applyToChat(JSON.stringify({ a: 'pass"word/1' }))).toBe('{"a":"[secret]"}')
  expect(mask.applyToChat(`?p=${encodeURIComponent('pass"word/1')}`)).toBe('?p=[secret]')
  expect(mask.applyToChat('700000001:AAE2E-emulated-token-for-tests-000000')).toBe('[secret]')
})

test('the end of a text that may begin a secret is known', () => {
  const mask = createSecretMask(['aab-aab-1', 'zebra-22-zebra'])
  expect(mask.heldBack('nothing here.')).toBe(0)
  expect(mask.heldBack('it is aab-a')).toBe(5)
  expect(mask.heldBack('it is aab-aa')).toBe(6)
  expect(mask.heldBack('aaa')).toBe(2)
  expect(mask.heldBack('it is aab-aab-1')).toBe(0)
  expect(mask.heldBack('ze')).toBe(2)
  expect(mask.heldBack('')).toBe(0)
})

test('a long row of digits takes no long time', () => {
  const mask = createSecretMask()
  const text = '1'.repeat(100_000)
  const before = process.cpuUsage()
  expect(mask.applyToChat(text)).toBe(text)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(1_000)
})
