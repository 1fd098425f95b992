import { setTimeout as sleep } from 'node:timers/promises'
import { whenReady } from './support/bots.ts'
import type { DoorCall } from './support/door.ts'
import { echoParts } from './support/echo.ts'
import type { FaultPlan } from './support/fault-plans.ts'
import { percentile, waits } from './support/figures.ts'
import { judge } from './support/judge.ts'
import type { Verdict } from './support/judge.ts'
import { createRandom } from './support/random.ts'
import { createStage, whenAnswered } from './support/stage.ts'
import type { Stage } from './support/stage.ts'

export interface FaultRunOptions {
  readonly plan: FaultPlan
  /** Whether the fault hits one chat's messages, or every call of the bot. */
  readonly scope: 'one chat' | 'everything'
  readonly chats: number
  readonly perSecond: number
  /** How long the run is without faults first, in seconds. */
  readonly calmSeconds: number
  readonly faultSeconds: number
}

export interface FaultReport extends Verdict {
  readonly name: string
  readonly scope: string
  /**
   * From the end of the fault (and of the last `retry_after`) until everything written before was
   * answered, in ms.
   */
  readonly recoveryMs: number
  /** Calls for a chat within its `retry_after`. */
  readonly callsInHold: number
  /**
   * How long people waited before the fault, and people in other chats during it: the 95th
   * percentile, in ms.
   */
  readonly normalMs: number
  readonly othersMs: number
}

const WORK_MS = 5
/** At the end: if nothing arrives for this long, missing answers count as lost. */
const QUIET_MS = 45_000
/** The person whose chat is hit. */
const VICTIM = 0
/** A call that was under way when the 429 came cannot know about it. */
const ON_ITS_WAY_MS = 50
/** Timers may fire a little early. */
const TIMER_MS = 5

/** People write while a fault lasts for a while, and go on until it is over. */
export async function runFault(options: FaultRunOptions): Promise<FaultReport> {
  const { plan, scope, perSecond, calmSeconds, faultSeconds } = options
  let isSlow = false
  const stage = await createStage({
    bot: 'pluggram polling',
    chats: options.chats,
    workMs: WORK_MS,
    random: createRandom(1),
    isSlow: (call) => isSlow && (scope === 'everything' || call.params.chat_id === victim),
  })
  const victim = stage.traffic.people[VICTIM]?.id
  try {
    await whenReady(await stage.begin().ready)
    // the code is cold for the first answers
    await stage.traffic.write(options.chats * 2, perSecond * 2)
    const calmFrom = Date.now()
    await stage.traffic.write(calmSeconds * perSecond, perSecond)

    const faultFrom = Date.now()
    isSlow = plan.isSlow === true
    for (const fault of plan.faults(scope === 'one chat' ? victim : undefined)) {
      await stage.emulator.driver.post('/faults', fault)
    }
    if (scope === 'one chat') await stage.traffic.writeTo(VICTIM)
    await stage.traffic.write(faultSeconds * perSecond, perSecond)
    const faultTo = Date.now()
    isSlow = false
    await clearFaults(stage)

    await whenAnswered(stage, QUIET_MS)
    // time for a repeat to arrive
    await sleep(300)
    const calls = stage.botDoor.calls
    const isOther = (person: number): boolean => scope === 'everything' || person !== VICTIM
    return {
      name: plan.name,
      scope,
      recoveryMs: recovery(stage, faultTo, holdsOf(calls)),
      callsInHold: countCallsInHold(calls),
      normalMs: percentile(waits(stage, { from: calmFrom, to: faultFrom })),
      othersMs: percentile(waits(stage, { from: faultFrom, to: faultTo, isOf: isOther })),
      ...judge(stage.records()),
    }
  } finally {
    await stage.close()
  }
}

async function clearFaults({ emulator }: Stage): Promise<void> {
  const response = await fetch(`${emulator.url}/emulator/faults`, { method: 'DELETE' })
  if (!response.ok) throw new Error(`the emulator keeps its faults: ${response.status}`)
}

interface Hold {
  readonly chatId: unknown
  readonly from: number
  readonly to: number
}

function holdsOf(calls: readonly DoorCall[]): Hold[] {
  return calls.flatMap(({ params, answer }) => {
    const parameters = answer?.body.parameters as { retry_after?: number } | undefined
    if (answer?.status !== 429 || parameters?.retry_after === undefined) return []
    return [{ chatId: params.chat_id, from: answer.at, to: answer.at + parameters.retry_after * 1_000 }]
  })
}

function countCallsInHold(calls: readonly DoorCall[]): number {
  const holds = holdsOf(calls)
  return calls.filter(({ params, askedAt }) =>
    holds.some(
      ({ chatId, from, to }) =>
        params.chat_id === chatId && askedAt > from + ON_ITS_WAY_MS && askedAt < to - TIMER_MS,
    ),
  ).length
}

/**
 * The longest time a chat took to answer all earlier messages, counted from when it could be
 * answered again.
 */
function recovery({ traffic, chats }: Stage, faultTo: number, holds: readonly Hold[]): number {
  const seen = new Map<string, number>()
  for (const { text, at } of chats.replies) if (!seen.has(text)) seen.set(text, at)
  const perChat = traffic.written.map((texts, person) => {
    const chatId = traffic.people[person]?.id
    const freeAt = Math.max(faultTo, ...holds.filter((hold) => hold.chatId === chatId).map(({ to }) => to))
    const answered = texts.flatMap(echoParts).map((part) => seen.get(part) ?? Date.now())
    return Math.max(0, ...answered.map((at) => at - freeAt))
  })
  return Math.max(...perChat)
}
