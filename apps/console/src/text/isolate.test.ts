import { expect, it } from 'vitest'
import { endsAtLeft, isolate } from './isolate.ts'

it.each([
  ['Ada', '\u2068Ada\u2069'],
  ['نور', '\u2068نور\u2069'],
  // overrides, embeddings and isolates that are never closed, or closed too often
  ['\u202Emoc.live', '\u2068moc.live\u2069'],
  ['a\u2069\u2069\u202Bb\u2066', '\u2068ab\u2069'],
  ['', '\u2068\u2069'],
])('keeps the direction of %j to itself', (name, expected) => {
  expect(isolate(name)).toBe(expected)
})

it.each([
  ['hello', false],
  ['שלום', true],
  ['hello\n3) مرحبا!\n', true],
  ['مرحبا\nhello', false],
  ['123 🎲', false],
  ['', false],
  ['ߊߟߎ', true],
])('knows where the last line of %j ends', (text, atLeft) => {
  expect(endsAtLeft(text)).toBe(atLeft)
})
