import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnorderedList } from './unordered-list.ts'
import type { Listed } from './unordered-list.ts'

test('holds exactly what was added and not removed', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant('add'), fc.nat(30))), (steps) => {
      const list = new UnorderedList<number>()
      const expected = new Map<number, Listed<number>>()
      let next = 0
      for (const step of steps) {
        if (step === 'add') {
          expected.set(next, list.add(next))
          next += 1
        } else {
          const [value, item] = [...expected][Number(step) % Math.max(1, expected.size)] ?? []
          if (value === undefined || item === undefined) continue
          list.remove(item)
          // twice is as once
          list.remove(item)
          expected.delete(value)
        }
        expect(list.values().toSorted((a, b) => a - b)).toEqual([...expected.keys()])
        expect(list.size).toBe(expected.size)
      }
    }),
  )
})
