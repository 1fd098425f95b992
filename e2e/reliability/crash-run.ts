import { setTimeout as sleep } from 'node:timers/promises'
import type { BotName } from './support/bots.ts'
import { judge } from './support/judge.ts'
import type { Verdict } from './support/judge.ts'
import { createKillSwitch, KILL_POINTS } from './support/kill-switch.ts'
import type { KillPoint } from './support/kill-switch.ts'
import { createRandom } from './support/random.ts'
import { createStage, whenAnswered } from './support/stage.ts'
import type { Stage } from './support/stage.ts'

export interface CrashRunOptions {
  readonly bot: BotName
  readonly updates: number
  readonly chats: number
  readonly kills: number
  /** Messages that people write a second, all together. */
  readonly perSecond: number
  /** The same seed gives the same messages and the same moments of kills. */
  readonly seed: number
}

export interface CrashReport extends Verdict {
  readonly bot: BotName
  readonly kills: ReadonlyMap<KillPoint, number>
  /** Messages that a handler began to work on more than once. */
  readonly workedAgain: number
  readonly seconds: number
}

/** How long a handler works on a message. */
const WORK_MS = 10
/** A life that is to be killed answers so many messages first, or has had the time to. */
const REPLIES_FIRST = 5
const LIFE_MS = 2_500
/** After the last kill: how long nothing may come before what is missing counts as lost. */
const QUIET_MS = 8_000

/**
 * People write steadily in many chats while the bot is killed and started again, over and over; at the end every
 * chat is read. The emulator, and so what people see, lives on.
 */
export async function runCrashes(options: CrashRunOptions): Promise<CrashReport> {
  const { bot, updates, perSecond } = options
  const random = createRandom(options.seed)
  const killSwitch = createKillSwitch(random)
  const stage = await createStage({ bot, chats: options.chats, workMs: WORK_MS, random, ...killSwitch })
  const startedAt = performance.now()
  const kills = new Map<KillPoint, number>()
  try {
    await stage.begin().ready
    const writing = stage.traffic.write(updates, perSecond)
    for (let kill = 0; kill < options.kills; kill += 1) {
      const wanted = KILL_POINTS[kill % KILL_POINTS.length] ?? 'any moment'
      // what hits a start follows the kill before it at once
      if (wanted !== 'at start') await whenAtWork(stage, ((kill + 0.5) / options.kills) * updates)
      const { program } = stage.life()
      const point = await killSwitch.kill(wanted, program.pid)
      kills.set(point, (kills.get(point) ?? 0) + 1)
      await program.exited
      stage.begin()
    }
    await writing
    await stage.life().ready
    await whenAnswered(stage, QUIET_MS)
    // a repeat would still be on its way
    await sleep(500)
    const verdict = judge(await stage.records())
    const workedAgain = [...stage.work.visits.values()].filter((visits) => visits > 1).length
    return { bot, kills, workedAgain, seconds: (performance.now() - startedAt) / 1_000, ...verdict }
  } finally {
    await stage.close()
  }
}

/** The bot runs, so many messages were written, and it answers some of them. */
async function whenAtWork(stage: Stage, written: number): Promise<void> {
  while (stage.traffic.count() < written) await sleep(20)
  await stage.life().ready
  const end = Date.now() + LIFE_MS
  while (stage.repliesInLife() < REPLIES_FIRST && Date.now() < end) await sleep(5)
}
