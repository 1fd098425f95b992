import { KeyLock } from '@pluggram/base'
import { ScheduleError } from '@pluggram/sdk'
import type { EffectScope, ScheduleHandler, ScheduleInfo } from '@pluggram/sdk'
import type { ScheduleChange, SchedulerBackend, ScheduleRequest } from '@pluggram/sdk/runtime'
import type { ScheduleRecord, ScheduleStore } from '@pluggram/storage/contracts'
import { createRecord } from './schedule-request.ts'
import { slotsOf } from './schedule-times.ts'
import type { SchedulerClock } from './scheduler-clock.ts'

/** What one plugin's schedules need from the scheduler. */
export interface SchedulerCore {
  readonly clock: SchedulerClock
  readonly durable: ScheduleStore
  readonly volatile: ScheduleStore
  bind(plugin: string, name: string, handler: ScheduleHandler): () => void
  put(record: ScheduleRecord, store: ScheduleStore): Promise<void>
  /** Reads a changed schedule again. */
  changed(plugin: string, name: string): Promise<void>
  runNow(record: ScheduleRecord): boolean
  list(plugin: string): Promise<readonly (ScheduleInfo & { readonly plugin: string })[]>
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
  /** Serializes operations on one name. */
  readonly #lock = new KeyLock()

  constructor({ plugin, effects, scheduler }: PluginSchedulesOptions) {
    this.#plugin = plugin
    this.#effects = effects
    this.#scheduler = scheduler
  }

  async add(request: ScheduleRequest, handler: ScheduleHandler | undefined): Promise<string> {
    lastNumber += 1
    const options = { fallbackName: `schedule-${lastNumber}`, now: this.#scheduler.clock.now() }
    const record = createRecord(this.#plugin, request, options)
    const isDurable = request.options.name !== undefined
    return this.#lock.run(record.name, () => this.#add(record, isDurable, handler))
  }

  async #add(
    record: ScheduleRecord,
    isDurable: boolean,
    handler: ScheduleHandler | undefined,
  ): Promise<string> {
    const { durable, volatile } = this.#scheduler
    const before = (await this.#find(record.name))?.record
    if (before?.isDeclared) {
      throw new ScheduleError(
        `The schedule ${record.name} is declared in the manifest; change it there, or take another name.`,
      )
    }
    if (!before && (await this.#count()) >= MAX_SCHEDULES) {
      throw new ScheduleError(
        `Plugin ${this.#plugin} has ${MAX_SCHEDULES} schedules already; cancel some before adding more.`,
      )
    }
    await this.#disposers.get(record.name)?.()
    await this.#scheduler.put(record, isDurable ? durable : volatile)
    if (handler || !isDurable) this.#tie(record.name, handler)
    await this.#scheduler.changed(this.#plugin, record.name)
    return record.name
  }

  async change(name: string, change: ScheduleChange): Promise<boolean> {
    // a plugin process may send anything
    if (typeof name !== 'string') throw new ScheduleError("A schedule's name must be text.")
    return this.#lock.run(name, () => this.#change(name, change))
  }

  async #change(name: string, change: ScheduleChange): Promise<boolean> {
    const found = await this.#find(name)
    if (!found) return false
    const { record, store } = found
    switch (change) {
      case 'run-now':
        return this.#scheduler.runNow(record)
      case 'cancel':
        await store.update(this.#plugin, name, () => undefined)
        await this.#disposers.get(name)?.()
        break
      case 'pause':
        await pauseSchedule(store, record)
        break
      case 'resume':
        await resumeSchedule(store, record, this.#scheduler.clock.now())
    }
    await this.#scheduler.changed(this.#plugin, name)
    return true
  }

  async list(): Promise<readonly ScheduleInfo[]> {
    const all = await this.#scheduler.list(this.#plugin)
    return all.map(({ plugin: _plugin, ...info }) => info)
  }

  async #count(): Promise<number> {
    const { durable, volatile } = this.#scheduler
    return (await durable.count(this.#plugin)) + (await volatile.count(this.#plugin))
  }

  /**
   * Adds an effect that unbinds the function and deletes a volatile schedule when the plugin ends.
   */
  #tie(name: string, handler: ScheduleHandler | undefined): void {
    const unbind = handler && this.#scheduler.bind(this.#plugin, name, handler)
    const dispose = this.#effects.add(`schedule ${name}`, async () => {
      unbind?.()
      this.#disposers.delete(name)
      await this.#scheduler.volatile.update(this.#plugin, name, () => undefined)
    })
    this.#disposers.set(name, dispose)
  }

  async #find(name: string): Promise<{ record: ScheduleRecord; store: ScheduleStore } | undefined> {
    for (const store of [this.#scheduler.durable, this.#scheduler.volatile]) {
      const record = await store.find(this.#plugin, name)
      if (record) return { record, store }
    }
    return undefined
  }
}

type ScheduleName = Pick<ScheduleRecord, 'plugin' | 'name'>

/** @returns false when there is no such schedule */
export async function pauseSchedule(store: ScheduleStore, { plugin, name }: ScheduleName): Promise<boolean> {
  const paused = await store.update(plugin, name, (record) => record && { ...record, isPaused: true })
  return paused !== undefined
}

/**
 * Resumes with the first slot from now on; slots that passed during the pause are skipped.
 * @returns false when there is no such schedule
 */
export async function resumeSchedule(
  store: ScheduleStore,
  { plugin, name }: ScheduleName,
  now: number,
): Promise<boolean> {
  const resumed = await store.update(plugin, name, (record) => {
    if (!record?.isPaused) return record
    const { times, anchor, nextSlot } = record
    const next = nextSlot !== undefined && nextSlot > now ? nextSlot : slotsOf(times, anchor).after(now)
    return { ...record, isPaused: false, nextSlot: next }
  })
  return resumed !== undefined
}
