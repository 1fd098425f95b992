import { ScheduleError } from '@pluggram/sdk'
import type { EffectScope, ScheduleHandler, ScheduleInfo } from '@pluggram/sdk'
import type { ScheduleChange, SchedulerBackend, ScheduleRequest } from '@pluggram/sdk/runtime'
import type { ScheduleRecord, ScheduleStore } from './schedule-record.ts'
import { createRecord } from './schedule-request.ts'
import { slotsOf } from './schedule-times.ts'
import type { SchedulerClock } from './scheduler-clock.ts'

/** What one plugin's schedules need of the scheduler. */
export interface SchedulerCore {
  readonly clock: SchedulerClock
  readonly durable: ScheduleStore
  readonly volatile: ScheduleStore
  bind(plugin: string, name: string, handler: ScheduleHandler): () => void
  put(record: ScheduleRecord, store: ScheduleStore): void
  /** Looks at a schedule anew. */
  changed(plugin: string, name: string): void
  runNow(record: ScheduleRecord): boolean
  list(): readonly (ScheduleInfo & { readonly plugin: string })[]
}

export interface PluginSchedulesOptions {
  readonly plugin: string
  readonly effects: EffectScope
  readonly scheduler: SchedulerCore
}

const MAX_SCHEDULES = 10_000
let lastNumber = 0

/** One plugin's part of the scheduler. */
export class PluginSchedules implements SchedulerBackend {
  readonly #plugin: string
  readonly #effects: EffectScope
  readonly #scheduler: SchedulerCore
  readonly #disposers = new Map<string, () => Promise<void>>()

  constructor({ plugin, effects, scheduler }: PluginSchedulesOptions) {
    this.#plugin = plugin
    this.#effects = effects
    this.#scheduler = scheduler
  }

  async add(request: ScheduleRequest, handler: ScheduleHandler | undefined): Promise<string> {
    const { clock, durable, volatile } = this.#scheduler
    lastNumber += 1
    const options = { fallbackName: `schedule-${lastNumber}`, now: clock.now() }
    const record = createRecord(this.#plugin, request, options)
    const isDurable = request.options.name !== undefined
    this.#check(record)
    if (this.#find(record.name) === undefined && this.#count() >= MAX_SCHEDULES) {
      throw new ScheduleError(
        `Plugin ${this.#plugin} has ${MAX_SCHEDULES} schedules already; cancel some before adding more.`,
      )
    }
    await this.#disposers.get(record.name)?.()
    this.#scheduler.put(record, isDurable ? durable : volatile)
    if (handler || !isDurable) this.#tie(record.name, handler)
    this.#scheduler.changed(this.#plugin, record.name)
    return record.name
  }

  async change(name: string, change: ScheduleChange): Promise<boolean> {
    const found = this.#find(name)
    if (!found) return false
    const { record, store } = found
    switch (change) {
      case 'run-now':
        return this.#scheduler.runNow(record)
      case 'cancel':
        store.remove(this.#plugin, name)
        await this.#disposers.get(name)?.()
        break
      case 'pause':
        store.setPaused(this.#plugin, name, true, record.nextSlot)
        break
      case 'resume':
        if (record.isPaused) resumeRecord(store, record, this.#scheduler.clock.now())
    }
    this.#scheduler.changed(this.#plugin, name)
    return true
  }

  async list(): Promise<readonly ScheduleInfo[]> {
    return this.#scheduler
      .list()
      .filter(({ plugin }) => plugin === this.#plugin)
      .map(({ plugin: _plugin, ...info }) => info)
  }

  /** A schedule with a function lives as long as the plugin does. */
  #tie(name: string, handler: ScheduleHandler | undefined): void {
    const unbind = handler && this.#scheduler.bind(this.#plugin, name, handler)
    const dispose = this.#effects.add(`schedule ${name}`, () => {
      unbind?.()
      this.#disposers.delete(name)
      this.#scheduler.volatile.remove(this.#plugin, name)
    })
    this.#disposers.set(name, dispose)
  }

  #check({ name }: ScheduleRecord): void {
    const before = this.#find(name)?.record
    if (before?.isDeclared) {
      throw new ScheduleError(
        `The schedule ${name} stands in the manifest; change it there, or take another name.`,
      )
    }
  }

  #find(name: string): { record: ScheduleRecord; store: ScheduleStore } | undefined {
    for (const store of [this.#scheduler.durable, this.#scheduler.volatile]) {
      const record = store.find(this.#plugin, name)
      if (record) return { record, store }
    }
    return undefined
  }

  #count(): number {
    return this.#scheduler.list().filter(({ plugin }) => plugin === this.#plugin).length
  }
}

/** Goes on with the first slot from now on: what passed during the pause is left out. */
export function resumeRecord(store: ScheduleStore, record: ScheduleRecord, now: number): boolean {
  const { plugin, name, times, anchor, nextSlot } = record
  const next = nextSlot !== undefined && nextSlot > now ? nextSlot : slotsOf(times, anchor).after(now)
  return store.setPaused(plugin, name, false, next)
}
