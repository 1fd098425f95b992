import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { SPECIMENS } from './specimens.ts'
import type { Specimen } from './specimens.ts'
import { observe, openZoo } from './zoo.ts'
import type { Zoo } from './zoo.ts'

/** Plugins of one assistant: more would make its start long, fewer would make many starts. */
const GROUP_SIZE = 15

const latencies: number[] = []

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

describe.each(groups())('plugins from $first.name on', ({ specimens }) => {
  let zoo: Zoo

  beforeAll(async () => {
    zoo = await openZoo(specimens)
  }, 60_000)

  test.each(specimens)('$name hurts nobody but itself', { timeout: 40_000 }, async (specimen) => {
    expect(await observe(zoo, specimen)).toEqual([])
  })

  test('leave nothing behind when the assistant stops', { timeout: 30_000 }, async () => {
    latencies.push(...zoo.latencies)
    expect(await zoo.close()).toEqual({ code: 0, left: 0 })
  })
})

test('healthy plugins answered all the time', () => {
  const sorted = latencies.toSorted((a, b) => a - b)
  expect(sorted.length).toBeGreaterThan(100)
  expect(sorted[Math.floor(sorted.length * 0.99)]).toBeLessThan(250)
})

function groups(): { first: Specimen | undefined; specimens: readonly Specimen[] }[] {
  const count = Math.ceil(SPECIMENS.length / GROUP_SIZE)
  return Array.from({ length: count }, (_, index) => {
    const specimens = SPECIMENS.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE)
    return { first: specimens[0], specimens }
  })
}
