import { setTimeout as sleep } from 'node:timers/promises'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import type { BotName } from './support/bots.ts'
import { judge } from './support/judge.ts'
import { createRandom } from './support/random.ts'
import { createStage, whenAnswered } from './support/stage.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const BOTS = long<readonly BotName[]>(['pluggram polling'], ['pluggram webhook'])

test.each(BOTS)(
  '%s: SIGTERM ends it within 10 s, what is left stays on disk, and the next start goes on with it',
  async (bot) => {
    const stage = await createStage({ bot, chats: 20, workMs: 2_000, random: createRandom(1) })
    try {
      await stage.begin().ready
      await stage.traffic.write(200, 200)
      while (stage.work.visits.size === 0) await sleep(10)
      await sleep(300)
      const stoppedAt = Date.now()
      expect(await stage.life().program.stop('SIGTERM')).toBe(0)
      expect(Date.now() - stoppedAt).toBeLessThan(10_000)
      expect(stage.life().program.output()).toMatch(/next start goes on with it/)
      const before = stage.chats.replies.length
      expect(before).toBeGreaterThan(0)
      expect(before).toBeLessThan(200)

      stage.work.setPace(5)
      stage.begin()
      const startedAt = Date.now()
      while (stage.chats.replies.length === before && Date.now() - startedAt < 20_000) await sleep(10)
      expect(Date.now() - startedAt).toBeLessThan(5_000)
      await whenAnswered(stage, 60_000)
      await sleep(300)
      expect(judge(stage.records())).toMatchObject({
        updates: 200,
        lostUpdates: 0,
        lostReplies: 0,
        repeated: 0,
        outOfOrder: 0,
        strange: [],
      })
    } finally {
      await stage.close()
    }
  },
)
