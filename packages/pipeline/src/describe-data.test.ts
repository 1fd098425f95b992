import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeData } from './describe-data.ts'

test('objects and lists read like a note', () => {
  expect(describeData({ name: 'Ada', langs: ['en', 'fr'], home: { city: 'London', zip: null } })).toBe(
    'name: Ada\nlangs:\n  • en\n  • fr\nhome:\n  city: London\n  zip: –',
  )
  expect(
    describeData([
      { id: 1, ok: true },
      { id: 2, ok: false },
    ]),
  ).toBe('• id: 1\n  ok: true\n• id: 2\n  ok: false')
  expect(describeData('plain')).toBe('plain')
  expect(describeData([])).toBe('(none)')
  expect(describeData(12n)).toBe('12')
})

test('circles, depth and length are cut', () => {
  const circle: Record<string, unknown> = { name: 'a' }
  circle.self = circle
  expect(describeData(circle)).toBe('name: a\nself: …')
  expect(describeData(Array.from({ length: 500 }, (_, index) => index)).split('\n')).toHaveLength(201)
})

test('anything at all becomes text', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      (value) => {
        expect(typeof describeData(value)).toBe('string')
      },
    ),
  )
})
