import { AsyncLocalStorage } from 'node:async_hooks'
import { isPluggramError } from '../errors.ts'
import type { IncomingUpdate } from './incoming-update.ts'

/** What happens in a step of a message's journey. The words are those of the terminal. */
export const STEP_KINDS = {
  inbox: 'written to disk',
  lane: 'waited for its turn',
  album: 'waited for the rest of the album',
  route: 'chose who answers',
  start: 'waited for a plugin to start',
  seat: 'waited for a busy plugin',
  plugin: 'a plugin was asked',
  service: 'a plugin used a service',
  http: 'a plugin asked another server',
  model: 'a language model was asked',
  tool: 'a tool was called',
  approval: 'a person was asked to approve a call',
  answer: 'the answer was written to disk',
  outbox: 'a message waited for its turn',
  send: 'a message was sent',
  limit: "waited for Telegram's limits",
  retry: 'waited before another try',
} as const

/** A kind of step. */
export type StepKind = keyof typeof STEP_KINDS

/** What is known about a step: ids, names, numbers and codes. Never what people or models wrote. */
export type StepFacts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** A step of a journey that can still get facts and parts. Nothing here throws or waits. */
export interface Step {
  /** Begins a part of this step, now or at an earlier moment by the monotonic clock. */
  begin(kind: StepKind, name: string, facts?: StepFacts, since?: number): Step
  note(facts: StepFacts): void
  /** Ends the step; only the first call counts. */
  end(outcome?: string, facts?: StepFacts): void
  /** The W3C `traceparent` of requests made in this step; absent while no traces are sent. */
  readonly traceparent: string | undefined
}

/** How an update ended. */
export type JourneyOutcome =
  | 'answered'
  | 'unanswered'
  | 'failed'
  | 'parked'
  | 'turned away'
  | 'interrupted'
  | 'sent'

/** The journey of one update, from its arrival until its last message is sent. */
export interface Journey extends Step {
  /** When the update arrived, by the monotonic clock. */
  readonly since: number
  /**
   * Nothing more is done about the update. The journey is over when its messages are sent as well.
   * @param plugin the one that answered, or the first that failed
   */
  finish(outcome: JourneyOutcome, plugin?: string): void
}

/** Records journeys. */
export interface Journeys {
  /**
   * Begins a journey.
   * @param since when the update arrived, by the monotonic clock
   */
  open(update: IncomingUpdate, since: number): Journey | undefined
  /** The latest journey of an update, if it is still known. */
  find(updateId: number): Journey | undefined
  /** Begins the journey of messages whose update an earlier run answered. */
  openRest(updateId: number, chatId: number): Journey | undefined
}

const steps = new AsyncLocalStorage<Step | undefined>()

/** The step in which this code runs, if it is part of a journey. */
export function currentStep(): Step | undefined {
  return steps.getStore()
}

/** Runs work as part of a step, everything included that it starts. */
export function inStep<T>(step: Step | undefined, work: () => T): T {
  return steps.run(step, work)
}

/** Runs work as a step of its own, if it is part of a journey. A rejection is its outcome. */
export function recorded<T>(
  kind: StepKind,
  name: string,
  work: (step: Step | undefined) => Promise<T>,
): Promise<T> {
  const step = currentStep()?.begin(kind, name)
  if (!step) return work(undefined)
  return inStep(step, () => work(step)).then(
    (value) => {
      step.end()
      return value
    },
    (error: unknown) => {
      step.end('failed', { error: errorName(error) })
      throw error
    },
  )
}

/** The code of one of our errors, else the name of its class. A message might hold anybody's words. */
export function errorName(error: unknown): string {
  if (isPluggramError(error)) return error.code
  const name: unknown = error instanceof Error ? error.name : undefined
  return typeof name === 'string' && /^[A-Za-z]\w{0,60}$/.test(name) ? name : 'Error'
}
