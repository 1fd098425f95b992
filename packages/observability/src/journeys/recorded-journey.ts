import type { Journey, JourneyOutcome, Step, StepFacts, StepKind } from '@pluggram/sdk/runtime'

/** Steps beyond this are only counted: a plugin may call a service a million times. */
export const MAX_STEPS = 200
const MAX_NAME = 120
/** Of a longer text no more is looked at. */
const MAX_LOOKED_AT = 4_000

/** Kinds whose messages are on their way: a journey is over only when none is open. */
const ON_THE_WAY: ReadonlySet<StepKind> = new Set(['outbox', 'send'])
/** Kinds whose names and facts are all made by the assistant itself, so that they hold no secret. */
const OWN: ReadonlySet<StepKind> = new Set(['inbox', 'lane', 'album', 'route', 'answer', 'outbox'])

/** What a journey needs of its recorder. */
export interface JourneyOwner {
  /** Hides secrets in a text. */
  hide(text: string): string
  /** The `traceparent` of a step; absent while no traces are sent. */
  traceparent?: ((step: RecordedStep) => string) | undefined
  /** Called once, when the journey is over. */
  onOver(journey: RecordedJourney): void
}

/** What is known about an update when it arrives. */
export interface JourneyStart {
  readonly updateId: number
  readonly chatId: number
  readonly userId: number
  readonly kind: string
  readonly messageId?: number | undefined
  /** Characters of its text. */
  readonly size?: number | undefined
  /** The update whose answer goes on. */
  readonly continues?: number | undefined
  /** By the monotonic clock. */
  readonly since: number
}

/** A step as it is kept: a few numbers and names. */
export class RecordedStep implements Step {
  readonly journey: RecordedJourney
  /** The number of the step that it is part of; -1 for a part of the journey itself. */
  readonly parent: number
  readonly number: number
  readonly kind: StepKind
  readonly name: string
  /** By the monotonic clock. */
  readonly since: number
  until: number | undefined
  outcome: string | undefined
  facts: StepFacts | undefined
  /** Made when traces are sent. */
  spanId: string | undefined

  constructor(
    journey: RecordedJourney,
    parent: number,
    given: Pick<RecordedStep, 'kind' | 'name' | 'since'> & { readonly facts?: StepFacts | undefined },
  ) {
    this.journey = journey
    this.parent = parent
    this.number = journey.steps.length
    this.kind = given.kind
    this.name = given.name
    this.since = given.since
    this.facts = given.facts
  }

  begin(kind: StepKind, name: string, facts?: StepFacts, since?: number): Step {
    return this.journey.add(this.number, kind, name, facts, since)
  }

  note(facts: StepFacts): void {
    if (this.journey.isOver) return
    const shown = this.journey.hidden(this.kind, facts)
    this.facts = this.facts ? { ...this.facts, ...shown } : shown
  }

  end(outcome?: string, facts?: StepFacts): void {
    if (this.until !== undefined || this.journey.isOver) return
    this.until = performance.now()
    this.outcome = outcome
    if (facts) this.note(facts)
    if (ON_THE_WAY.has(this.kind)) this.journey.arrived(outcome)
  }

  get traceparent(): string | undefined {
    return this.journey.owner.traceparent?.(this)
  }
}

/** Stands for every step beyond the limit. */
const UNRECORDED: Step = {
  begin: () => UNRECORDED,
  note() {},
  end() {},
  traceparent: undefined,
}

/** The journey of one update, as it is kept in memory. */
export class RecordedJourney implements Journey {
  readonly owner: JourneyOwner
  readonly start: JourneyStart
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly steps: RecordedStep[] = []
  readonly since: number
  chatId: number
  until: number | undefined
  outcome: JourneyOutcome | undefined
  plugin: string | undefined
  /** Messages that were given up. */
  undelivered = 0
  /** Steps that were only counted. */
  leftOut = 0
  isOver = false
  /** The person who wrote wants nothing to be kept. */
  isForgotten = false
  /** Made when traces are sent. */
  trace: { readonly id: string; readonly spanId: string; readonly isSampled: boolean } | undefined
  #onTheWay = 0

  constructor(start: JourneyStart, owner: JourneyOwner) {
    this.start = start
    this.owner = owner
    this.chatId = start.chatId
    this.since = start.since
    this.startedAt = Date.now() - (performance.now() - start.since)
  }

  begin(kind: StepKind, name: string, facts?: StepFacts, since?: number): Step {
    return this.add(-1, kind, name, facts, since)
  }

  add(parent: number, kind: StepKind, name: string, facts?: StepFacts, since = performance.now()): Step {
    const isOnTheWay = ON_THE_WAY.has(kind)
    // a message's own steps always count: they decide when the journey is over
    if (this.isOver || (this.steps.length >= MAX_STEPS && !isOnTheWay)) {
      this.leftOut += 1
      return UNRECORDED
    }
    if (isOnTheWay) this.#onTheWay += 1
    const shown = OWN.has(kind) ? name : this.#hide(name)
    const step = new RecordedStep(this, parent, {
      kind,
      name: shown,
      since,
      facts: facts && this.hidden(kind, facts),
    })
    this.steps.push(step)
    return step
  }

  note(): void {}

  end(): void {}

  finish(outcome: JourneyOutcome, plugin?: string): void {
    if (this.outcome !== undefined) return
    this.outcome = outcome
    this.plugin = plugin
    this.#close()
  }

  /** A message has ended a part of its way. */
  arrived(outcome: string | undefined): void {
    this.#onTheWay -= 1
    if (outcome === 'failed') this.undelivered += 1
    this.#close()
  }

  hidden(kind: StepKind, facts: StepFacts): StepFacts {
    if (OWN.has(kind)) return facts
    let changed: Record<string, StepFacts[string]> | undefined
    for (const key in facts) {
      const value = facts[key]
      if (typeof value !== 'string') continue
      const hidden = this.#hide(value)
      if (hidden !== value) (changed ??= { ...facts })[key] = hidden
    }
    return changed ?? facts
  }

  get traceparent(): string | undefined {
    return undefined
  }

  /** A plugin failed, the update was parked, or a message was given up. */
  get isFailed(): boolean {
    return this.outcome === 'failed' || this.outcome === 'parked' || this.undelivered > 0
  }

  /** Whether a language model was asked. */
  get hasAskedModel(): boolean {
    return this.steps.some(({ kind }) => kind === 'model')
  }

  /** Cut afterwards: of a secret that was cut, the mask would not know the rest. */
  #hide(text: string): string {
    return this.owner.hide(text.slice(0, MAX_LOOKED_AT)).slice(0, MAX_NAME)
  }

  #close(): void {
    if (this.outcome === undefined || this.#onTheWay > 0 || this.isOver) return
    this.until = performance.now()
    this.isOver = true
    this.owner.onOver(this)
  }
}
