import { long } from '@pluggram/testing/long'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { BAD_STARTS } from './bad-starts.ts'
import { SPECIMENS } from './specimens.ts'
import type { Specimen } from './specimens.ts'
import { keepAsking, percentile99 } from './traffic.ts'
import type { Latencies } from './traffic.ts'
import { observe, observeStart, openZoo } from './zoo.ts'
import type { Zoo } from './zoo.ts'

/** One of each family of misbehaviour: the short form. The long form has all others. */
const FAMILIES = new Set([
  'endless_loop',
  'heap_bomb',
  'exits',
  'stops_itself',
  'kills_parent_by_import',
  'forgets_rejection',
  'never_answers',
  'never_ends_text',
  'gives_200_mb',
  'gives_proxy',
  'pollutes_prototypes',
  'replies_endlessly',
  'reads_proc',
  'uses_network',
  'floods_log',
  'sends_many_objects',
])
const SHOWN = long(
  SPECIMENS.filter(({ name }) => FAMILIES.has(name)),
  SPECIMENS.filter(({ name }) => !FAMILIES.has(name)),
)
// hard-starts.test.ts starts all of them at once, in the short form as well
const SHORT_STARTS = new Set(['loops_at_import', 'exits_at_import'])
const SHOWN_STARTS = long(
  BAD_STARTS.filter(({ name }) => SHORT_STARTS.has(name)),
  BAD_STARTS.filter(({ name }) => !SHORT_STARTS.has(name)),
)

/** Plugins per assistant: more would slow down its start, fewer would need many starts. */
const GROUP_SIZE = 16
const HEALTHY_MS = 250
/** How many times longer than outside the zoo an answer may take on a slow machine. */
const SLOW_MACHINE_FACTOR = 2

const latencies: Latencies = { zoo: [], control: [] }
let control: Zoo

beforeAll(async () => {
  control = await openZoo([])
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Starts an assistant whose healthy plugin gets questions all the time. */
async function openBusyZoo(...inhabitants: Parameters<typeof openZoo>): Promise<Zoo> {
  const zoo = await openZoo(...inhabitants)
  const controller = new AbortController()
  const traffic = keepAsking(zoo.driver, control.driver, latencies, controller.signal)
  return {
    ...zoo,
    async close() {
      controller.abort()
      await traffic
      return zoo.close()
    },
  }
}

describe.each(groups())('plugins from $first.name on', ({ specimens }) => {
  let zoo: Zoo

  beforeAll(async () => {
    zoo = await openBusyZoo(specimens)
  })

  test.each(specimens)('$name hurts nobody but itself', async (specimen) => {
    expect(await observe(zoo, specimen)).toEqual([])
  })

  test('leave nothing behind when the assistant stops', async () => {
    expect(await zoo.close()).toEqual({ code: 0, left: 0 })
  })
})

describe('plugins that are switched on and start badly', () => {
  let zoo: Zoo

  beforeAll(async () => {
    zoo = await openBusyZoo([], SHOWN_STARTS)
  })

  test.each(SHOWN_STARTS)('$name hurts nobody but itself', async (badStart) => {
    expect(await observeStart(zoo, badStart)).toEqual([])
  })

  test('leave nothing behind when the assistant stops', async () => {
    expect(await zoo.close()).toEqual({ code: 0, left: 0 })
  })
})

test('healthy plugins answered all the time', async ({ annotate }) => {
  const [zoo, alone] = [percentile99(latencies.zoo), percentile99(latencies.control)]
  const figures = `p99 of ${latencies.zoo.length} answers: ${zoo} ms beside the zoo's plugins, ${alone} ms without them at the same moments`
  await annotate(figures)
  expect(latencies.zoo.length).toBeGreaterThan(100)
  expect(zoo).toBeLessThanOrEqual(Math.max(HEALTHY_MS, SLOW_MACHINE_FACTOR * alone))
})

function groups(): { first: Specimen | undefined; specimens: readonly Specimen[] }[] {
  const count = Math.ceil(SHOWN.length / GROUP_SIZE)
  return Array.from({ length: count }, (_, index) => {
    const specimens = SHOWN.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE)
    return { first: specimens[0], specimens }
  })
}
