import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutText } from './cut-text.ts'

test('a text that fits stays whole, without the end', () => {
  expect(cutText('short', 5, '…')).toBe('short')
  expect(cutText('', 0, '…')).toBe('')
})

test('a longer text is cut, and the end says so', () => {
  expect(cutText('longer', 4)).toBe('long')
  expect(cutText('longer', 4, '…')).toBe('long…')
})

test('an emoji at the border is left out whole', () => {
  expect(cutText('ab😀cd', 3, '…')).toBe('ab…')
  expect(cutText('ab😀cd', 4, '…')).toBe('ab😀…')
})

test('half an emoji in the text is replaced', () => {
  expect(cutText('a\uD83Db', 9)).toBe('a\uFFFDb')
})

test('is always well-formed and never longer than it may be', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '😀', '\uD83D', '\uDE00') }),
      fc.nat({ max: 20 }),
      (text, maximum) => {
        const cut = cutText(text, maximum)
        expect(cut.isWellFormed()).toBe(true)
        expect(cut.length).toBeLessThanOrEqual(maximum)
        expect(text.toWellFormed().startsWith(cut)).toBe(true)
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, maximum) - 1)
      },
    ),
  )
})
