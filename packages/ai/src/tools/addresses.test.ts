import { describe, expect, test } from 'vitest'
import { findAddresses, normaliseAddress } from './addresses.ts'

describe('findAddresses', () => {
  test.each([
    ['See https://example.com/a?b=c.', ['https://example.com/a?b=c']],
    ['(ftp://example.com/x)', ['ftp://example.com/x']],
    ['https://en.example.org/wiki/Sea_(water), and more', ['https://en.example.org/wiki/Sea_(water)']],
    ['(see https://example.com/(a)(b))', ['https://example.com/(a)(b)']],
    ['example.com/path and müller.example/ö', ['example.com/path', 'müller.example/ö']],
    ['ada@example.com/x', []],
    ['just words. And more', []],
  ])('%s', (text, expected) => {
    expect(findAddresses(text)).toEqual(expected)
  })

  test.each([
    ['letters', 'é'.repeat(100_000)],
    ['labels', 'é.'.repeat(50_000)],
    ['brackets', `http://a/${'('.repeat(50_000)}${')'.repeat(50_000)}`],
    ['punctuation', `http://a/${')'.repeat(100_000)}x`],
  ])('takes no long time over endless %s', (_name, text) => {
    const before = process.cpuUsage()
    findAddresses(text)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(1_000)
  })
})

test('the same address is written in several ways', () => {
  const ways = ['https://Example.com/a', 'example.com/a/', 'http://example.com/a#part']
  expect(new Set(ways.map(normaliseAddress))).toEqual(new Set(['example.com/a']))
})
