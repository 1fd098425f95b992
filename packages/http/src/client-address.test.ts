import { expect, test } from 'vitest'
import { clientAddress, isTrueLoopback } from './client-address.ts'

type Request = Parameters<typeof isTrueLoopback>[0]

function from(remoteAddress: string, headers: Record<string, string> = {}): Request {
  return { raw: { socket: { remoteAddress } }, headers: { host: '127.0.0.1:8080', ...headers } } as Request
}

test.each([
  [from('127.0.0.1'), true],
  [from('::ffff:127.0.0.1', { host: 'localhost' }), true],
  [from('::1', { host: '[::1]:8080' }), true],
  [from('127.0.0.1', { accept: '*/*', 'user-agent': 'curl', connection: 'close' }), true],
  [from('10.0.0.5'), false],
  [from('127.0.0.1', { host: 'bot.example.com' }), false],
  [from('127.0.0.1', { host: '127.0.0.1.example.com' }), false],
  [from('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }), false],
  [from('127.0.0.1', { via: '1.1 proxy' }), false],
])('a program on this machine, case %#', (request, expected) =>
  expect(isTrueLoopback(request)).toBe(expected),
)

test.each([
  [from('203.0.113.5'), '203.0.113.5'],
  [from('203.0.113.5', { 'x-forwarded-for': '198.51.100.1' }), '203.0.113.5'],
  [from('127.0.0.1', { 'x-forwarded-for': '198.51.100.1, 203.0.113.5' }), '203.0.113.5'],
  [from('127.0.0.1', { 'x-forwarded-for': 'unknown' }), '127.0.0.1'],
  [from('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2'],
])('who is asking, case %#', (request, expected) => expect(clientAddress(request)).toBe(expected))
