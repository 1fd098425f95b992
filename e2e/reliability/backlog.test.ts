import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { runBacklog } from './backlog-run.ts'
import { runFlood } from './flood-run.ts'
import type { BotName } from './support/bots.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const BOTS = long<readonly BotName[]>(['pluggram polling'], ['pluggram polling', 'pluggram webhook'])
const UPDATES = long(500, 5_000)
/** How many times longer than the start the first answer may take on a slow machine. */
const SLOW_MACHINE_FACTOR = 4

const NOTHING_LOST = {
  lostUpdates: 0,
  lostReplies: 0,
  repeated: 0,
  outOfOrder: 0,
  strange: [],
}

// the long runs, with 200,000 and 10,000 messages: npm run test:backlog
test(`a backlog of ${UPDATES} messages is worked off in order and in bounded memory`, async () => {
  const report = await runBacklog({ updates: UPDATES, chats: 50 })
  expect(report).toMatchObject({ updates: UPDATES, ...NOTHING_LOST })
  // the first answer does not wait for the rest of the backlog
  expect(report.firstAnswerMs).toBeLessThan(Math.max(5_000, SLOW_MACHINE_FACTOR * report.readyMs))
  expect(report.memoryMb).toBeLessThan(300)
})

test.for(BOTS)('one chat that floods does not slow down the others (%s)', async (bot) => {
  const report = await runFlood({ bot, messages: 600, calmSeconds: 2, perSecond: 20 })
  expect(report).toMatchObject(NOTHING_LOST)
  // the margin is for other programs on a busy machine; chats blocked by the flood would wait for
  // seconds
  const limit = 2 * report.idle.waitedMs + 500
  const { incoming, workingOff } = report
  // a failure shows at which stage messages waited
  const late = [incoming, workingOff].filter(({ waitedMs }) => waitedMs > limit)
  expect(late).toEqual([])
})
