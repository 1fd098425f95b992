import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { runSoak } from './soak-run.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** An update and its answer leave little more than its id behind. */
const MOST_BYTES = 1_500

// an hour of it: npm run test:soak
test(
  'under steady load from many chats, nothing is lost or doubled, and the database stays small',
  { timeout: 300_000 },
  async () => {
    const report = await runSoak({ minutes: long(0.1, 2), perSecond: 40, chats: 100 })
    expect(report).toMatchObject({ lost: 0, doubled: 0 })
    // the log has a size of its own, which a short run does not make up for
    expect(report.bytesPerUpdate).toBeLessThan(long(10 * MOST_BYTES, MOST_BYTES))
  },
)
