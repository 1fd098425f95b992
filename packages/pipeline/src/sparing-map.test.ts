import { expect, test } from 'vitest'
import { SparingMap } from './lanes.ts'

test('keeps whatever is not idle, and never many that are', () => {
  const map = new SparingMap<number, { isIdle: boolean }>(({ isIdle }) => isIdle)
  for (let key = 0; key < 10_000; key += 1) map.set(key, { isIdle: key % 100 !== 0 })
  for (let key = 0; key < 10_000; key += 100) expect(map.get(key)).toEqual({ isIdle: false })
  expect([...map.values()].length).toBeLessThanOrEqual(1_000)
  map.set(20_000, { isIdle: true })
  expect(map.get(20_000)).toEqual({ isIdle: true })
})
