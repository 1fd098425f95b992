import { expect, test } from 'vitest'
import { isWithin } from './expanded-size.ts'

const LIMITS = { values: 1_000, bytes: 1_000 }

function doubled(value: unknown, times: number): unknown {
  let result = value
  for (let time = 0; time < times; time += 1) result = [result, result]
  return result
}

test('a tree counts each of its values once', () => {
  const values = Array.from({ length: 999 }, (_, index) => index)
  expect(isWithin(values, LIMITS)).toBe(true)
  expect(isWithin([...values, 0], LIMITS)).toBe(false)
})

test('what stands somewhere twice counts twice', () => {
  expect(isWithin(doubled('x', 8), LIMITS)).toBe(true)
  expect(isWithin(doubled('x', 40), LIMITS)).toBe(false)
})

test.each<readonly [what: string, value: unknown]>([
  ['members', { a: { b: doubled({}, 40) } }],
  ['keys of a map', new Map([[doubled({}, 40), 1]])],
  ['values of a map', new Map([[1, doubled({}, 40)]])],
  ['members of a set', new Set([doubled({}, 40)])],
  ['causes of errors', new Error('x', { cause: doubled({}, 40) })],
])('%s count', (_what, value) => {
  expect(isWithin(value, LIMITS)).toBe(false)
})

test('the bytes of everything that is met count', () => {
  const bytes = new Uint8Array(400)
  expect(isWithin([bytes, bytes], LIMITS)).toBe(true)
  expect(isWithin([bytes, bytes, bytes], LIMITS)).toBe(false)
  expect(isWithin(['x'.repeat(600), new Error('y'.repeat(600))], LIMITS)).toBe(false)
})

test('a circle and an array of nothing but holes are without end', () => {
  const circle: unknown[] = []
  circle.push(circle)
  expect(isWithin(circle, LIMITS)).toBe(false)
  const holes: unknown[] = []
  holes.length = 4_000_000_000
  expect(isWithin(holes, LIMITS)).toBe(false)
})
