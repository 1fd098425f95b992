import { setTimeout as sleep } from 'node:timers/promises'
import { whenReady } from './support/bots.ts'
import type { BotName } from './support/bots.ts'
import { percentile, waits } from './support/figures.ts'
import { judge } from './support/judge.ts'
import type { Verdict } from './support/judge.ts'
import { createRandom } from './support/random.ts'
import { createStage, whenAnswered } from './support/stage.ts'
import { wayOf } from './support/way.ts'
import type { WayReport } from './support/way.ts'

/** The waiting times of people in quiet chats during a span of the run. */
export interface SpanReport {
  /** How long they waited for an answer: the 95th percentile, in ms. */
  readonly waitedMs: number
  readonly way: WayReport
}

export interface FloodReport extends Verdict {
  readonly bot: BotName
  /** Before one chat was flooded. */
  readonly idle: SpanReport
  /** While the flood arrived. */
  readonly incoming: SpanReport
  /** While the backlog was processed. */
  readonly workingOff: SpanReport
  readonly seconds: number
}

export interface FloodOptions {
  readonly bot: BotName
  readonly messages: number
  readonly calmSeconds: number
  /** Messages a second, from people in all chats. */
  readonly perSecond: number
}

const FLOODER = 0
const CHATS = 20
/** Far more than the chat can be answered in a second. */
const FLOOD_PER_SECOND = 500
const WORK_MS = 5
/** If no answer arrives for this long, missing ones count as lost. */
const QUIET_MS = 30_000

/** One chat is flooded while people in others write as before. */
export async function runFlood(options: FloodOptions): Promise<FloodReport> {
  const { bot, perSecond, calmSeconds } = options
  const stage = await createStage({ bot, chats: CHATS, workMs: WORK_MS, random: createRandom(1) })
  const { traffic } = stage
  try {
    await whenReady(await stage.begin().ready)
    await traffic.write(CHATS * 2, perSecond * 2)
    const calmFrom = Date.now()
    await traffic.write(calmSeconds * perSecond, perSecond)
    const floodFrom = Date.now()
    const ending = new AbortController()
    const flood = (async () => {
      for (let count = 0; count < options.messages; count += 1) {
        await sleep(Math.max(0, floodFrom + (count / FLOOD_PER_SECOND) * 1_000 - Date.now()))
        await traffic.writeTo(FLOODER)
      }
    })()
    const others = (async () => {
      while (!ending.signal.aborted) await traffic.write(perSecond / 4, perSecond)
    })()
    await flood
    const floodTo = Date.now()
    await sleep(calmSeconds * 1_000)
    ending.abort()
    await others
    const workedTo = Date.now()
    await whenAnswered(stage, QUIET_MS)
    const report = (from: number, to: number): SpanReport => {
      const span = { from, to, isOf: (person: number): boolean => person !== FLOODER }
      return { waitedMs: percentile(waits(stage, span)), way: wayOf(stage, span) }
    }
    return {
      bot,
      idle: report(calmFrom, floodFrom),
      incoming: report(floodFrom, floodTo),
      workingOff: report(floodTo, workedTo),
      seconds: (Date.now() - floodFrom) / 1_000,
      ...judge(stage.records()),
    }
  } finally {
    await stage.close()
  }
}
