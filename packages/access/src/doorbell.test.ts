import { expect, test } from 'vitest'
import { createDoorbell, MAX_ANNOUNCED } from './doorbell.ts'

test('within an hour five visitors are announced one by one, all others together', () => {
  let time = 0
  const doorbell = createDoorbell(() => time)
  const heard: (number | undefined)[] = []
  doorbell.onRing((visitor) => heard.push(visitor?.id))
  for (let id = 1; id <= 500; id += 1) doorbell.ring({ id, name: 'x' })
  expect(heard).toEqual([1, 2, 3, 4, 5, undefined])
  expect(heard).toHaveLength(MAX_ANNOUNCED + 1)
  time += 3_600_001
  for (let id = 501; id <= 600; id += 1) doorbell.ring({ id, name: 'x' })
  expect(heard.slice(6)).toEqual([501, 502, 503, 504, 505, undefined])
})
