import { describe, expect, test } from 'vitest'
import { addressesIn, addressKey, findAddresses, parseAddress } from './addresses.ts'

describe('findAddresses', () => {
  test.each([
    ['See https://example.com/a?b=c.', ['https://example.com/a?b=c']],
    ['(ftp://example.com/x)', ['ftp://example.com/x']],
    ['https://en.example.org/wiki/Sea_(water), and more', ['https://en.example.org/wiki/Sea_(water)']],
    ['(see https://example.com/(a)(b))', ['https://example.com/(a)(b)']],
    ['example.com/path and müller.example/ö', ['example.com/path', 'müller.example/ö']],
    ['4711.evil.example', ['4711.evil.example']],
    ['see 4711.evil.xn--p1ai, please', ['4711.evil.xn--p1ai']],
    ['127.0.0.1:8080/x?d=1 or 10.0.0.1', ['127.0.0.1:8080/x?d=1', '10.0.0.1']],
    ['[::1]:8080/x', ['[::1]:8080/x']],
    ['localhost:8080/x', ['localhost:8080/x']],
    ['evil。example/x', ['evil.example/x']],
    ['ev\u200Bil.exam\u00ADple/x', ['evil.example/x']],
    ['HTTPS:evil.example/x', ['HTTPS:evil.example/x']],
    ['https:/\\evil.example/x', ['https:/\\evil.example/x']],
    ['user:4711@evil.example/x', ['evil.example/x']],
    ['ada@example.com', []],
    ['just words. And more, e.g. 3.5 or U.S.A. or v1.2.3', []],
    ['/home/ann/report-2.txt, report-2.pdf', []],
  ])('%s', (text, expected) => {
    expect(findAddresses(text)).toEqual(expected)
  })

  test.each([
    ['letters', 'é'.repeat(100_000)],
    ['labels', 'é.'.repeat(50_000)],
    ['brackets', `http://a/${'('.repeat(50_000)}${')'.repeat(50_000)}`],
    ['punctuation', `http://a/${')'.repeat(100_000)}x`],
    ['mail addresses', 'a@b.'.repeat(25_000)],
    ['colons', '[:'.repeat(50_000)],
    ['schemes', 'http:'.repeat(20_000)],
  ])('takes no long time over endless %s', (_name, text) => {
    const before = process.cpuUsage()
    findAddresses(text)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(1_000)
  })
})

test('a text that a tool gets is also read as a whole', () => {
  const read = (value: unknown): string[] => addressesIn(value).map((text) => addressKey(parseAddress(text)!))
  expect(read({ url: 'https://evil.example\\x?d=1' })).toContain('evil.example/x?d=1')
  expect(read({ url: 'https://evil.exa\tmple/x' })).toContain('evil.example/x')
  expect(read(['user:4711@evil.example/x'])).toContain('user:4711@evil.example/x')
  expect(read({ deep: { 'evil.example/key': true } })).toEqual(['evil.example/key'])
  expect(read({ to: 'ada@example.com', count: 3.5, text: 'Hello.' })).toEqual([])
})

test('the same address is written in several ways', () => {
  const ways = [
    'https://Example.com/a',
    'example.com/a/',
    'http://example.com/a#part',
    'example.com./a',
    'EXAMPLE。com/a',
  ]
  expect(new Set(ways.map((text) => addressKey(parseAddress(text)!)))).toEqual(new Set(['example.com/a']))
  const others = ['https://example.com:8443/a', 'https://4711@example.com/a', 'https://example.com/a?d=1']
  for (const text of others) expect(addressKey(parseAddress(text)!)).not.toBe('example.com/a')
})
