import { setTimeout as sleep } from 'node:timers/promises'
import type { BotName } from './support/bots.ts'
import { echoParts } from './support/echo.ts'
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
  /** Messages a second, from all people together. */
  readonly perSecond: number
  /** The same seed gives the same messages and the same kill times. */
  readonly seed: number
}

export interface CrashReport extends Verdict {
  readonly bot: BotName
  readonly kills: ReadonlyMap<KillPoint, number>
  /** Messages whose handler started more than once. */
  readonly workedAgain: number
  /** Messages parked because the bot crashed three times during their work. */
  readonly parked: number
  readonly seconds: number
}

/** How long a handler works on a message. */
const WORK_MS = 50
/**
 * In one of this many rounds, the kill may fall into the rush after a start, when every chat is
 * answered at once.
 */
const IN_THE_RUSH = 3
/** Before a run is killed, it sends this many replies, or has had the time to. */
const REPLIES_FIRST = 5
const LIFE_MS = 2_500
/** The share of a round's messages that is written before its kill is due. */
const SHARE_BEFORE_KILL = 0.6
/** After the last kill: if nothing arrives for this long, missing answers count as lost. */
const QUIET_MS = 30_000

/**
 * People write steadily in many chats while the bot is killed and restarted again and again. At the
 * end every chat is read. The emulator, and with it what people see, keeps running.
 */
export async function runCrashes(options: CrashRunOptions): Promise<CrashReport> {
  const { bot, updates, perSecond } = options
  const random = createRandom(options.seed)
  const killSwitch = createKillSwitch(random)
  const stage = await createStage({ bot, chats: options.chats, workMs: WORK_MS, random, ...killSwitch })
  const plan = planKills(options.kills)
  const startedAt = performance.now()
  const kills = new Map<KillPoint, number>()
  try {
    await stage.begin().ready
    for (const [round, points] of plan.entries()) {
      const messages = messagesOf(round, plan.length, updates)
      const before = Math.floor(messages * SHARE_BEFORE_KILL)
      const leadIn = stage.traffic.write(before, perSecond)
      await whenAtWork(stage, round % IN_THE_RUSH !== 0)
      await sleep(random() * (before / perSecond) * 1_000)
      await leadIn
      // the program only reaches the point while people write
      const writing = stage.traffic.write(messages - before, perSecond)
      for (const wanted of points) {
        const { program } = stage.life()
        const point = await killSwitch.kill(wanted, program.pid).catch((error: unknown) => {
          throw new Error(`${String(error)}:\n${program.output()}`)
        })
        kills.set(point, (kills.get(point) ?? 0) + 1)
        await program.exited
        stage.begin()
      }
      await writing
    }
    await stage.life().ready
    await whenAnswered(stage, QUIET_MS)
    // time for a repeat to arrive
    await sleep(500)
    const verdict = judge(stage.records())
    const workedAgain = [...stage.work.visits.values()].filter((visits) => visits > 1).length
    const parked = stage.output().match(/"update parked"/g)?.length ?? 0
    const seconds = (performance.now() - startedAt) / 1_000
    return { bot, kills, workedAgain, parked, seconds, ...verdict }
  } finally {
    await stage.close()
  }
}

/** The kills of each round. A kill at a start immediately follows the previous one. */
function planKills(kills: number): KillPoint[][] {
  const rounds: KillPoint[][] = []
  for (let kill = 0; kill < kills; kill += 1) {
    const point = KILL_POINTS[kill % KILL_POINTS.length] ?? 'any moment'
    if (point === 'at start') rounds.at(-1)?.push(point)
    else rounds.push([point])
  }
  return rounds
}

/** The number of messages in a round: equal for all, with the remainder in the last. */
function messagesOf(round: number, rounds: number, updates: number): number {
  const each = Math.floor(updates / rounds)
  return round === rounds - 1 ? updates - each * (rounds - 1) : each
}

/** Waits until the bot runs and answers; with `isCaughtUp`, until it has processed the backlog. */
async function whenAtWork(stage: Stage, isCaughtUp: boolean): Promise<void> {
  await stage.life().ready
  const end = Date.now() + LIFE_MS
  const isAtWork = (): boolean =>
    stage.repliesInLife() >= REPLIES_FIRST && (!isCaughtUp || countUnanswered(stage) <= REPLIES_FIRST)
  while (!isAtWork() && Date.now() < end) await sleep(5)
}

function countUnanswered({ traffic, chats }: Stage): number {
  return (
    traffic.written.flat().flatMap(echoParts).length - new Set(chats.replies.map(({ text }) => text)).size
  )
}
