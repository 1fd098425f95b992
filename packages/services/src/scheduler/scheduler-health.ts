import { errorMessage } from '@pluggram/sdk'
import type { ScheduleRecord } from '@pluggram/storage/contracts'

type StoreWork = 'read' | 'written'

interface LastRun {
  readonly plugin: string
  readonly name: string
  readonly outcome: 'ok' | 'error'
}

/** Whether schedules run, what is due next, and what ran last. */
export interface SchedulerReport {
  readonly status: 'ok' | 'failed'
  /** Why schedules do not run, in words for the owner. */
  readonly reason?: string
  readonly nextDue?: { readonly plugin: string; readonly name: string; readonly at: string }
  readonly lastRun?: LastRun & { readonly endedAt: string }
}

/** The clock looks at least every 15 s, and a slot is taken in milliseconds. */
const STUCK_MS = 45_000

/** Notes what the scheduler does, to tell whether it still works. */
export class SchedulerHealth {
  /** Monotonic milliseconds; injected by tests. */
  readonly #now: () => number
  readonly #taking = new Map<string, number>()
  #lookedAt: number | undefined
  readonly #failures = new Map<StoreWork, { readonly message: string; readonly at: number }>()
  #lastRun: SchedulerReport['lastRun']

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The scheduler looks for what is due. */
  looked(): void {
    this.#lookedAt = this.#now()
  }

  taking(record: ScheduleRecord): void {
    this.#taking.set(labelOf(record), this.#now())
  }

  took(record: ScheduleRecord): void {
    this.#taking.delete(labelOf(record))
  }

  /** The store did this work. */
  succeeded(work: StoreWork): void {
    this.#failures.delete(work)
  }

  /** The store failed. Returns true when this is news. */
  failed(work: StoreWork, error: unknown): boolean {
    const isNew = !this.#failures.has(work)
    this.#failures.set(work, { message: errorMessage(error), at: this.#now() })
    return isNew
  }

  ran(run: LastRun): void {
    this.#lastRun = { ...run, endedAt: new Date().toISOString() }
  }

  /** @param waiting the schedules that something can run */
  report(waiting: readonly ScheduleRecord[]): SchedulerReport {
    const reason = this.#problem()
    const next = soonest(waiting)
    return {
      status: reason === undefined ? 'ok' : 'failed',
      ...(reason !== undefined && { reason }),
      ...(next && { nextDue: next }),
      ...(this.#lastRun && { lastRun: this.#lastRun }),
    }
  }

  #problem(): string | undefined {
    for (const [work, { message, at }] of this.#failures) {
      // each failure is tried again within a second, unless nobody needs it any more
      if (this.#now() - at < STUCK_MS) return `schedules cannot be ${work}: ${message}`
    }
    const isStuck = (since: number): boolean => this.#now() - since > STUCK_MS
    if (this.#lookedAt !== undefined && isStuck(this.#lookedAt)) return 'the clock of schedules stands still'
    const [stuck] = [...this.#taking].find(([, since]) => isStuck(since)) ?? []
    return stuck === undefined ? undefined : `${stuck} waits for the database`
  }
}

function soonest(records: readonly ScheduleRecord[]): SchedulerReport['nextDue'] {
  let first: ScheduleRecord | undefined
  for (const record of records)
    if ((record.nextSlot ?? Infinity) < (first?.nextSlot ?? Infinity)) first = record
  if (first?.nextSlot === undefined) return undefined
  return { plugin: first.plugin, name: first.name, at: new Date(first.nextSlot).toISOString() }
}

function labelOf({ plugin, name }: ScheduleRecord): string {
  return `${plugin}.${name}`
}
