import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import type { Session } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'

/** A growing chat takes longer to read, so people change. */
const QUESTIONS_PER_PERSON = 25
const PAUSE_MS = 60

/** Milliseconds from question to answer: in the zoo, and at the same moment outside it. */
export interface Latencies {
  readonly zoo: number[]
  readonly control: number[]
}

/**
 * Asks a healthy plugin of two assistants again and again, both at the same moment. One has
 * misbehaving neighbours, the other has none. Both include the cost of the machine and of the
 * measurement.
 */
export async function keepAsking(
  zoo: Session,
  control: Session,
  latencies: Latencies,
  signal: AbortSignal,
): Promise<void> {
  let people: { zoo: EmulatedUser; control: EmulatedUser } | undefined
  for (let number = 0; !signal.aborted; number += 1) {
    if (number % QUESTIONS_PER_PERSON === 0) {
      people = { zoo: await createPerson(zoo, 'Regular'), control: await createPerson(control, 'Regular') }
      // the first question of a chat is not representative
      await Promise.all([ask(zoo, people.zoo, 'well? first'), ask(control, people.control, 'well? first')])
    }
    if (!people) return
    const [inZoo, beside] = await Promise.all([
      timeAnswer(zoo, people.zoo, number),
      timeAnswer(control, people.control, number),
    ])
    latencies.zoo.push(inZoo)
    latencies.control.push(beside)
    // the traffic runs beside many tests and ends with the zoo, so its pause is not a leak of a
    // single test
    await sleep(PAUSE_MS, undefined, { ref: false })
  }
}

/** The time within which 99 of 100 answers arrived. */
export function percentile99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN)
}

async function timeAnswer(driver: Session, person: EmulatedUser, number: number): Promise<number> {
  const startedAt = performance.now()
  await ask(driver, person, `well? ${number}`)
  return performance.now() - startedAt
}
