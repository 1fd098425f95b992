import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { canMount } from './support/small-disk.ts'
import { FAULTS } from './table/faults.ts'
import { runCell } from './table/run-cell.ts'
import { STATES } from './table/states.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

// all cells, with the real durations: npm run test:table
const CELLS = long<readonly (readonly [state: string, fault: string])[]>(
  [['plugin at work', 'kill -9']],
  [
    ['plugin at work', 'kill -9'],
    ['tool between call and result', 'kill -9'],
    ['approval open', 'kill -9'],
    ['group stream', 'kill -9'],
    ['question open', 'SIGTERM'],
    ['inline stream', 'disk full'],
    ['summary', 'file locked 30 s'],
    ['broadcast', 'Telegram 401'],
    ['upload', '429 of 600 s'],
    ['download', 'cut off 3 min'],
    ['schedule firing', 'clock ± 1 day'],
    ['hot reload', 'plugin crash'],
  ],
)

test.each(CELLS)('%s × %s: nothing is lost, nothing comes twice, nothing is stuck', async (inState, by) => {
  const state = STATES.find(({ name }) => name === inState)
  const fault = FAULTS.find(({ name }) => name === by)
  if (!state || !fault) throw new Error(`there is no cell ${inState} × ${by}`)
  if (fault.isOnSmallDisk && !(await canMount())) return
  const result = await runCell(state, fault, { isShort: true })
  expect(result).toMatchObject({ lost: 0, doubled: 0, stuck: false })
})
