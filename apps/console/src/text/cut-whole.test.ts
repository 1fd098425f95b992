import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutWhole } from './cut-whole.ts'

describe('cutWhole', () => {
  it('keeps a surrogate pair together', () => {
    expect(cutWhole('a👍b', 1)).toBe('a')
    expect(cutWhole('a👍b', 2)).toBe('a👍')
    expect(cutWhole('a👍b', 9)).toBe('a👍b')
  })

  it('never ends in half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, length) => {
        expect(cutWhole(text, length).isWellFormed()).toBe(true)
      }),
    )
  })
})
