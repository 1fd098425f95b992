import { describe, expect, it } from 'vitest'
import { formatDay, formatDuration, formatListTime, formatSize, initials, jumboEmojiCount } from './format.ts'

const noon = new Date(2026, 2, 5, 12, 0).getTime()
const seconds = noon / 1000
const day = 86_400

describe('formatDay', () => {
  it('names today and yesterday', () => {
    expect(formatDay(seconds - 60, noon, 'en-GB')).toBe('Today')
    expect(formatDay(seconds - day, noon, 'en-GB')).toBe('Yesterday')
  })

  it('writes the year only where it differs', () => {
    expect(formatDay(seconds - 10 * day, noon, 'en-GB')).toBe('23 February')
    expect(formatDay(seconds - 400 * day, noon, 'en-GB')).toBe('29 January 2025')
  })
})

describe('formatListTime', () => {
  it('shortens with age', () => {
    expect(formatListTime(seconds - 3600, noon, 'en-GB')).toBe('11:00')
    expect(formatListTime(seconds - 2 * day, noon, 'en-GB')).toBe('Tue')
    expect(formatListTime(seconds - 20 * day, noon, 'en-GB')).toBe('13/02/2026')
  })
})

describe('formatSize', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KB'],
    [20 * 1024 * 1024, '20 MB'],
    [1_500_000_000, '1.4 GB'],
  ])('%d bytes', (bytes, expected) => {
    expect(formatSize(bytes)).toBe(expected)
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [65, '1:05'],
    [3723, '1:02:03'],
    [Number.POSITIVE_INFINITY, '0:00'],
    [Number.NaN, '0:00'],
  ])('%d seconds', (value, expected) => {
    expect(formatDuration(value)).toBe(expected)
  })
})

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['you', 'Y'],
    ['Anna Maria Berg', 'AB'],
    ['👩‍🚀 Team', '👩‍🚀T'],
    ['  ', '?'],
  ])('%s', (name, expected) => {
    expect(initials(name)).toBe(expected)
  })
})

describe('jumboEmojiCount', () => {
  it.each([
    ['👍', 1],
    ['❤️', 1],
    ['👩‍👩‍👧🎉', 2],
    ['🎲🎲🎲🎲', 0],
    ['42', 0],
    ['ok 👍', 0],
    ['', 0],
  ])('%s', (text, expected) => {
    expect(jumboEmojiCount(text)).toBe(expected)
  })
})
