import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { runCrashes } from './crash-run.ts'
import type { BotName } from './support/bots.ts'
import { KILL_POINTS } from './support/kill-switch.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const BOTS = long<readonly BotName[]>(['pluggram polling'], ['pluggram webhook'])
const CHATS = 20

// the long run, with 2,000 updates and 56 kills for each bot: npm run test:crash
test.each(BOTS)(
  '%s: killed at every named point, it loses nothing, keeps the order and repeats only what was in flight',
  async (bot) => {
    const seed = Date.now() % 1_000_000
    const { kills, repeated, expected, ...report } = await runCrashes({
      bot,
      updates: 320,
      chats: CHATS,
      kills: KILL_POINTS.length,
      perSecond: 40,
      seed,
    })
    expect(report, `seed ${seed}`).toMatchObject({
      updates: 320,
      lostUpdates: 0,
      lostReplies: 0,
      repeatedWithoutKill: 0,
      outOfOrder: 0,
      parked: 0,
      strange: [],
    })
    expect([...kills.values()].reduce((sum, count) => sum + count)).toBe(KILL_POINTS.length)
    // Every repeat directly follows a kill. A kill can catch one send in flight per chat, and most
    // points here are chosen for that. The share of repeats is only meaningful in the long form,
    // which reports it.
    expect(repeated, `seed ${seed}`).toBeLessThanOrEqual(KILL_POINTS.length * CHATS)
    expect(expected).toBeGreaterThan(0)
  },
)
