import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { Cell } from './cell.ts'
import type { Fault } from './faults.ts'
import type { State } from './states.ts'

/** What a fault did to an assistant in a state. */
export interface CellResult {
  readonly state: string
  readonly fault: string
  /** Messages without an answer, and effects that did not happen. */
  readonly lost: number
  /** Messages that were answered, and effects that happened, more than once. */
  readonly doubled: number
  /** Repeated sends that were in flight when the program was killed; nobody can prevent them. */
  readonly inFlight: number
  /** Whether the assistant did not go on by itself after the fault. */
  readonly stuck: boolean
  /** Answers that are only an apology. */
  readonly apologies: number
  readonly seconds: number
  /** What went wrong, for whoever looks into it. */
  readonly note?: string
}

export interface CellRunOptions {
  /** Faults last only as long as the tests can wait. */
  readonly isShort: boolean
}

/** How long the assistant may take to catch up after a fault. */
const CATCH_UP_MS = 120_000
/** From the fault on, the state's own work goes on after this time. */
const GO_ON_MS = 3_000
/** Time for a repeat to arrive. */
const REPEAT_MS = 2_500

/**
 * Brings an assistant into a state, lets the fault strike, and looks whether everything that people
 * wrote before, during and after it is answered exactly once.
 */
export async function runCell(state: State, fault: Fault, { isShort }: CellRunOptions): Promise<CellResult> {
  const begin = performance.now()
  const cell = await Cell.open({
    hasClock: state.hasClock === true,
    isOnSmallDisk: fault.isOnSmallDisk === true,
  })
  const result = { state: state.name, fault: fault.name, lost: 0, doubled: 0, inFlight: 0, apologies: 0 }
  const seconds = (): number => Math.round((performance.now() - begin) / 1_000)
  try {
    const { stuck, ...judged } = await observe(cell, state, fault, fault.seconds[isShort ? 1 : 0])
    return {
      ...result,
      ...judged,
      stuck: stuck !== undefined,
      seconds: seconds(),
      ...((stuck ?? judged.note) !== undefined && { note: [stuck, judged.note].filter(Boolean).join('; ') }),
    }
  } catch (error) {
    const note = `${(error as Error).message.slice(0, 1_000)}; ${cell.problems()}`
    return { ...result, stuck: true, seconds: seconds(), note }
  } finally {
    await cell.close().catch(() => {})
  }
}

interface Judged {
  readonly lost: number
  readonly doubled: number
  readonly inFlight: number
  readonly apologies: number
  readonly note?: string
}

async function observe(
  cell: Cell,
  state: State,
  fault: Fault,
  seconds: number,
): Promise<Judged & { readonly stuck?: string }> {
  const main = cell.person()
  const bystanders = Array.from({ length: 3 }, () => cell.person())
  const [early, meanwhile, late] = bystanders as [EmulatedUser, EmulatedUser, EmulatedUser]
  state.prepare?.(cell, main)
  if (state.isStart) {
    cell.say(early, 'say early')
    cell.launch()
  } else {
    await cell.start()
    cell.say(early, 'say early')
    await cell.until('a first answer', () => cell.shown(early.id).length > 0)
    await cell.whenSent()
  }
  await state.enter(cell, main)
  if (state.inFlight === undefined && !state.isStart) await cell.whenSent()
  const lift = await fault.strike(cell, main, seconds)
  cell.say(meanwhile, 'say meanwhile')
  await sleep(Math.min(GO_ON_MS, seconds * 1_000))
  if (fault.name !== 'model hung') cell.releaseModel()
  cell.work.release()
  await sleep(Math.max(0, seconds * 1_000 - GO_ON_MS))
  await lift()
  let stuck: string | undefined
  let problems: string | undefined
  try {
    await cell.whenReady(CATCH_UP_MS)
    cell.say(late, 'say late')
    await cell.until('an answer after the fault', () => cell.shown(late.id).length > 0, CATCH_UP_MS)
    await state.after?.(cell, main)
    await cell.until('all answers', () => judge(cell, state, fault, main, bystanders).lost === 0, CATCH_UP_MS)
  } catch (error) {
    stuck = (error as Error).message.slice(0, 500)
    problems = cell.problems()
  }
  // missing answers are lost, not stuck, if the assistant answers others
  if (stuck === 'not within 120 s: all answers') stuck = undefined
  await sleep(REPEAT_MS)
  const judged = judge(cell, state, fault, main, bystanders)
  const note = [judged.note, problems].filter(Boolean).join('; ')
  return { ...judged, ...(note !== '' && { note }), ...(stuck !== undefined && { stuck }) }
}

function judge(
  cell: Cell,
  state: State,
  { name, mayLoseMain = false }: Fault,
  main: EmulatedUser,
  bystanders: readonly EmulatedUser[],
): Judged {
  const { wants, effects } = state.ending(cell, main)
  let [lost, doubled, apologies] = [0, 0, 0]
  const notes: string[] = []
  const all = [...wants, ...bystanders.map(({ id }) => ({ chatId: id, messages: 1 }))]
  for (const { chatId, messages } of all) {
    const shown = cell.shown(chatId)
    const missing = Math.max(0, messages - shown.length)
    if (!(mayLoseMain && chatId === main.id)) lost += missing
    doubled += Math.max(0, shown.length - messages)
    apologies += shown.filter(({ text }) =>
      /⚠️|broke off|cut off|took too long|something went wrong/i.test(text),
    ).length
    if (shown.length !== messages)
      notes.push(
        `${shown.length} of ${messages}: ${JSON.stringify(shown.map(({ text }) => text.slice(0, 120)))}`,
      )
  }
  if (effects) {
    const happened = effects()
    if (happened.length === 0 && !mayLoseMain) lost += 1
    doubled += happened.length - new Set(happened).size
    if (happened.length !== new Set(happened).size) notes.push(JSON.stringify(happened).slice(0, 500))
  }
  const inFlight = name === 'kill -9' ? Math.min(doubled, state.inFlight ?? 0) : 0
  doubled -= inFlight
  return { lost, doubled, inFlight, apologies, ...(notes.length > 0 && { note: notes.join('; ') }) }
}
