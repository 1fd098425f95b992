import { expect, test } from 'vitest'
import { toPlainData } from './plain-data.ts'

test('plain values, dates, maps, sets and bytes stay what they are', () => {
  const value = {
    text: 'x',
    number: 1n,
    none: null,
    when: new Date(5),
    map: new Map([['a', new Set([1])]]),
    bytes: new Uint8Array([1, 2]),
  }
  expect(toPlainData(value)).toEqual(value)
})

test('what cannot cross is marked, circles are cut, errors keep their words', () => {
  const circle: Record<string, unknown> = { run: () => 1, symbol: Symbol('s'), pattern: /x/g }
  circle['self'] = circle
  expect(toPlainData(circle)).toEqual({ run: '…', symbol: '…', pattern: '/x/g', self: '…' })
  expect(toPlainData(new TypeError('bad'))).toMatchObject({ name: 'TypeError', message: 'bad' })
})

test('what is endless or huge is cut', () => {
  const sparse: unknown[] = []
  sparse.length = 4_000_000_000
  expect(toPlainData(sparse)).toHaveLength(10_000)
  expect(toPlainData('x'.repeat(11), { characters: 10 })).toBe(`${'x'.repeat(10)}…`)
  expect(toPlainData({ bytes: new Uint8Array(11) }, { characters: 10 })).toEqual({ bytes: '…' })
  const endless = new Map(Array.from({ length: 20 }, (_, index) => [index, index]))
  expect((toPlainData(endless, { values: 5 }) as Map<unknown, unknown>).size).toBeLessThan(6)
  let deep: unknown = 'bottom'
  for (let level = 0; level < 100; level += 1) deep = { deep }
  expect(JSON.stringify(toPlainData(deep))).not.toContain('bottom')
})

test('a member called __proto__ is data', () => {
  const parsed: unknown = JSON.parse('{ "__proto__": { "polluted": true } }')
  const plain = toPlainData(parsed) as object
  expect(Object.getPrototypeOf(plain)).toBe(Object.prototype)
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})
