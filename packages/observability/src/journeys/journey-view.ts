import type { StepFacts } from '@pluggram/sdk/runtime'
import type { RecordedJourney } from './recorded-journey.ts'

/** A step as the API, the terminal and the database have it. Times are milliseconds. */
export interface StepView {
  readonly id: number
  /** The step that it is part of; absent for a part of the journey itself. */
  readonly parent?: number
  readonly kind: string
  readonly name: string
  /** Since the message arrived. */
  readonly startMs: number
  /** Absent while the step goes on. */
  readonly ms?: number
  readonly outcome?: string
  readonly facts?: StepFacts
}

/** A journey without its steps. */
export interface JourneySummary {
  readonly updateId: number
  readonly chatId: number
  readonly userId: number
  readonly messageId?: number
  /** `message`, `edited_message`, `callback_query`, or `rest`: messages of an earlier run. */
  readonly kind: string
  /** Characters of the message. */
  readonly size?: number
  /** The update whose answer goes on here, after a person decided about a call of a tool. */
  readonly continues?: number
  readonly receivedAt: string
  readonly isOver: boolean
  /** Until the last message was sent, or until now. */
  readonly ms: number
  readonly outcome?: string
  /** A plugin failed, the update was parked, or a message was given up. */
  readonly isFailed: boolean
  readonly plugin?: string
  readonly tokens: number
  /** In the currency of the prices; absent when no price is known. */
  readonly money?: number
  /** Where an OpenTelemetry backend has it. */
  readonly traceId?: string
}

/** A journey with everything that is known about it. */
export interface JourneyView extends JourneySummary {
  readonly steps: readonly StepView[]
  /** Further steps, which were only counted. */
  readonly stepsLeftOut: number
}

/** A journey's summary as it is now. */
export function summaryOf(journey: RecordedJourney): JourneySummary {
  const { start, chatId, startedAt, until = performance.now(), isOver, outcome, plugin, trace } = journey
  const money = moneyOf(journey)
  return {
    updateId: start.updateId,
    chatId,
    userId: start.userId,
    ...(start.messageId !== undefined && { messageId: start.messageId }),
    kind: start.kind,
    ...(start.size !== undefined && { size: start.size }),
    ...(start.continues !== undefined && { continues: start.continues }),
    receivedAt: new Date(startedAt).toISOString(),
    isOver,
    ms: rounded(until - start.since),
    ...(outcome !== undefined && { outcome }),
    isFailed: journey.isFailed,
    ...(plugin !== undefined && { plugin }),
    tokens: sum(journey, 'inputTokens') + sum(journey, 'outputTokens'),
    ...(money !== undefined && { money }),
    ...(trace && { traceId: trace.id }),
  }
}

/** Everything about a journey, as it is now. */
export function viewOf(journey: RecordedJourney): JourneyView {
  const { since } = journey.start
  return {
    ...summaryOf(journey),
    steps: journey.steps.map((step): StepView => {
      const until = step.until ?? (journey.isOver ? journey.until : undefined)
      return {
        id: step.number,
        ...(step.parent >= 0 && { parent: step.parent }),
        kind: step.kind,
        name: step.name,
        startMs: rounded(step.since - since),
        ...(until !== undefined && { ms: rounded(until - step.since) }),
        ...(step.outcome !== undefined && { outcome: step.outcome }),
        ...(step.facts && { facts: step.facts }),
      }
    }),
    stepsLeftOut: journey.leftOut,
  }
}

/** What the models cost; `undefined` when none was asked, or one has no price. */
function moneyOf({ steps }: RecordedJourney): number | undefined {
  let money: number | undefined
  for (const { kind, facts } of steps) {
    if (kind !== 'model') continue
    if (typeof facts?.money !== 'number') return undefined
    money = (money ?? 0) + facts.money
  }
  return money
}

function sum({ steps }: RecordedJourney, fact: string): number {
  let total = 0
  for (const { facts } of steps) {
    const value = facts?.[fact]
    if (typeof value === 'number') total += value
  }
  return total
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}
