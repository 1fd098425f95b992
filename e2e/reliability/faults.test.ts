import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { runFault } from './fault-run.ts'
import { faultPlans } from './support/fault-plans.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const SHORT = { chats: 20, perSecond: 25, calmSeconds: 1, faultSeconds: 1.4 }
const plans = faultPlans([1, 1])
/** One of each family in the short form: refused, lost, rate-limited. The long form has the others. */
const IN_SHORT_FORM = new Set(['500', 'response dropped', '409'])
const PLANS_FOR_ALL = long(
  plans.filter(({ name }) => IN_SHORT_FORM.has(name)),
  plans.filter(({ name, only }) => only !== 'one chat' && !IN_SHORT_FORM.has(name)),
)
const PLANS_FOR_ONE_CHAT = plans.filter(({ name }) => name === long('429', '500'))

// the long run, with 30 s of each fault: npm run test:faults
test.each(PLANS_FOR_ALL)('nothing is lost to $name, and all goes on when it is over', async (plan) => {
  const report = await runFault({ ...SHORT, plan, scope: 'everything' })
  expect(report).toMatchObject({
    lostUpdates: 0,
    lostReplies: 0,
    outOfOrder: 0,
    callsInHold: 0,
    strange: [],
  })
  expect(report.recoveryMs).toBeLessThan(10_000)
})

test.each(PLANS_FOR_ONE_CHAT)(
  'a chat that meets $name loses nothing and delays no other chat',
  async (plan) => {
    const report = await runFault({ ...SHORT, plan, scope: 'one chat' })
    expect(report).toMatchObject({
      lostUpdates: 0,
      lostReplies: 0,
      outOfOrder: 0,
      callsInHold: 0,
      strange: [],
    })
    expect(report.recoveryMs).toBeLessThan(10_000)
    // the margin is for other programs on a busy machine; the chat that is hit waits for 1,000 ms
    // and more
    expect(report.othersMs).toBeLessThan(2 * report.normalMs + 500)
  },
)
