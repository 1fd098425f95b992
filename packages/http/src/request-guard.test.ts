import { expect, test } from 'vitest'
import { RequestGuard } from './request-guard.ts'

const guard = new RequestGuard({ allowedHosts: ['Bot.Example.com'] })

test.each([
  '127.0.0.1:8080',
  'localhost:8080',
  '[::1]:8080',
  'localhost',
  'bot.example.com',
  'BOT.example.com:443',
])('own host: %s', (host) => expect(guard.isOwnHost(host)).toBe(true))

test.each([
  undefined,
  '',
  'evil.com',
  'evil.com:8080',
  '127.0.0.1.evil.com',
  'localhost@evil.com',
  '10.0.0.5',
  'a b',
  'evil.com/localhost',
])('foreign host: %s', (host) => expect(guard.isOwnHost(host)).toBe(false))

test('probes may use any address but no foreign name', () => {
  expect(guard.isProbeHost('10.0.0.5:8080')).toBe(true)
  expect(guard.isProbeHost('evil.com')).toBe(false)
})

test.each([
  [undefined, '127.0.0.1:8080', true],
  ['http://127.0.0.1:8080', '127.0.0.1:8080', true],
  ['https://bot.example.com', 'bot.example.com', true],
  ['http://127.0.0.1:9090', '127.0.0.1:8080', false],
  ['http://evil.com', '127.0.0.1:8080', false],
  ['null', '127.0.0.1:8080', false],
  ['file://', '127.0.0.1:8080', false],
])('origin %s for host %s: %s', (origin, host, expected) => {
  expect(guard.isOwnOrigin(origin, host)).toBe(expected)
})
