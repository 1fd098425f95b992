import { expect, test } from 'vitest'
import { mapTexts } from './map-texts.ts'

test('texts are changed at any depth; what is no plain data is left alone', () => {
  const bytes = new Uint8Array([1, 2])
  const date = new Date(0)
  const value = { text: 'key', file: bytes, at: ['key', 3, { date, none: null }] }
  expect(mapTexts(value, (text) => text.replace('key', '[secret]'))).toEqual({
    text: '[secret]',
    file: bytes,
    at: ['[secret]', 3, { date, none: null }],
  })
})
