import type { RecordedJourney } from './recorded-journey.ts'
import { summaryOf, viewOf } from './journey-view.ts'

/** Why a journey is kept. */
export const KEPT_REASONS = ['failed', 'slowest', 'dearest'] as const
export type KeptReason = (typeof KEPT_REASONS)[number]

/** A journey that is kept for some days, as it is stored. */
export interface KeptRow {
  readonly day: string
  readonly plugin: string
  readonly reason: KeptReason
  readonly value: number
  readonly updateId: number
  readonly chatId: number
  readonly userId: number
  readonly journey: string
}

/** Where they are stored. */
interface KeptStore {
  all(): Promise<readonly KeptRow[]>
  keep(rows: readonly KeptRow[]): Promise<void>
  forgetBefore(day: string): Promise<void>
}

export interface KeptJourneysOptions {
  readonly store: KeptStore
  /** How many days they are kept; 0 keeps none. */
  readonly days: number
  onError(error: unknown): void
}

/** Soon enough that a kill loses little, and late enough for a burst of failures to be one write. */
const WRITE_AFTER_MS = 250
const DAY_MS = 86_400_000
/** A journey that is barely slower than the slowest is not worth a write. */
const CLEARLY = 1.05

/** What one plugin is remembered for today. */
interface Best {
  slowest: number
  /** Money, else tokens. */
  dearest: number
}

interface Due {
  readonly day: string
  readonly reason: KeptReason
  readonly value: number
  readonly journey: RecordedJourney
}

/**
 * Remembers, for each plugin and day, the last failed journey, the slowest and the dearest. Most
 * journeys are none of these, and cost two comparisons.
 */
export class KeptJourneys {
  readonly #options: KeptJourneysOptions
  readonly #due = new Map<string, Due>()
  #bests = new Map<string, Best>()
  #day = ''
  #dayEnds = 0
  #timer: NodeJS.Timeout | undefined
  #days: number
  #writing: Promise<void> = Promise.resolve()

  constructor(options: KeptJourneysOptions) {
    this.#options = options
    this.#days = options.days
  }

  /** Keeps them for another number of days from now on. */
  keepFor(days: number): void {
    this.#days = days
    this.#forgetOld(Date.now())
  }

  /** Reads what an earlier run kept today. */
  async open(): Promise<void> {
    this.#turnDay(Date.now())
    for (const { day, plugin, reason, value } of await this.#options.store.all()) {
      if (day === this.#day && reason !== 'failed') this.#bestOf(plugin)[reason] = value
    }
  }

  /** Looks at a journey that is over. */
  add(journey: RecordedJourney): void {
    if (this.#days === 0 || journey.isForgotten) return
    const now = Date.now()
    if (now >= this.#dayEnds) this.#turnDay(now)
    const { plugin = '', until = 0, since } = journey
    const best = this.#bestOf(plugin)
    const milliseconds = until - since
    if (journey.isFailed) this.#keep('failed', now, journey)
    if (milliseconds > best.slowest * CLEARLY) {
      best.slowest = milliseconds
      this.#keep('slowest', milliseconds, journey)
    }
    const cost = journey.hasAskedModel ? costOf(journey) : 0
    if (cost > best.dearest) {
      best.dearest = cost
      this.#keep('dearest', cost, journey)
    }
  }

  /** Writes what is due. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writing
  }

  #bestOf(plugin: string): Best {
    let best = this.#bests.get(plugin)
    if (!best) this.#bests.set(plugin, (best = { slowest: 0, dearest: 0 }))
    return best
  }

  #turnDay(now: number): void {
    const day = Math.floor(now / DAY_MS)
    this.#day = dayName(day)
    this.#dayEnds = (day + 1) * DAY_MS
    this.#bests = new Map()
    this.#forgetOld(now)
  }

  /** With 0 days, what is there goes as well. */
  #forgetOld(now: number): void {
    const oldest = dayName(Math.floor(now / DAY_MS) - this.#days + 1)
    this.#options.store.forgetBefore(oldest).catch(this.#options.onError)
  }

  #keep(reason: KeptReason, value: number, journey: RecordedJourney): void {
    const key = `${this.#day}/${reason}/${journey.plugin ?? ''}`
    this.#due.set(key, { day: this.#day, reason, value, journey })
    this.#timer ??= setTimeout(() => this.#flush(), WRITE_AFTER_MS)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const rows = [...this.#due.values()].filter(({ journey }) => !journey.isForgotten).map(toRow)
    this.#due.clear()
    if (rows.length > 0) this.#writing = this.#options.store.keep(rows).catch(this.#options.onError)
  }
}

/** What a journey's models cost: money if all prices are known, else tokens. */
function costOf(journey: RecordedJourney): number {
  const { money = 0, tokens } = summaryOf(journey)
  // money counts before tokens: a model without a price is a free one
  return money > 0 ? money * 1e9 : tokens
}

function toRow({ day, reason, value, journey }: Due): KeptRow {
  const { updateId, userId } = journey.start
  return {
    day,
    plugin: journey.plugin ?? '',
    reason,
    value,
    updateId,
    chatId: journey.chatId,
    userId,
    journey: JSON.stringify(viewOf(journey)),
  }
}

function dayName(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}
