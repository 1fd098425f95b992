import { setImmediate } from 'node:timers/promises'
import { KeyLock, repeat, runWithDeadline } from '@pluggram/base'
import type { Repetition } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import type { EffectScope, ScheduledRun, ScheduleHandler, SchedulerService } from '@pluggram/sdk'
import { SchedulerClient } from '@pluggram/sdk/runtime'
import type { ScheduleDescriptor } from '@pluggram/sdk/runtime'
import { createMemoryScheduleStore } from '@pluggram/storage/contracts'
import type { ScheduleRecord, ScheduleStore } from '@pluggram/storage/contracts'
import { planSlot } from './plan-slot.ts'
import type { SlotPlan } from './plan-slot.ts'
import { PluginSchedules } from './plugin-schedules.ts'
import { toInfo, toRecord } from './schedule-info.ts'
import type { OwnersSchedule } from './schedule-info.ts'
import { PAST_MS } from './schedule-request.ts'
import { SchedulerHealth } from './scheduler-health.ts'
import type { SchedulerReport } from './scheduler-health.ts'
import { SYSTEM_CLOCK } from './scheduler-clock.ts'
import type { SchedulerClock } from './scheduler-clock.ts'

export interface SchedulerOptions {
  /** Stores the schedules with a name. */
  readonly store: ScheduleStore
  readonly clock?: SchedulerClock
  /** Called with what a run threw. */
  onError(plugin: string, name: string, error: unknown): void
}

/** Runs one of a plugin's declared schedules. */
export type TaskRunner = (task: string, run: ScheduledRun) => Promise<void>

/** The clock may be changed, so no wait is longer than this. */
const LOOK_MS = 15_000
/** The retry delay after the store failed. */
const TRY_AGAIN_MS = 1_000
const SOONEST_MS = 5
const STOP_MS = 3_000
/** How long to wait for an aborted run. */
const GRACE_MS = 2_000
const PURGE_MS = 3_600_000

/**
 * Manages the schedules of all plugins and runs those that are due.
 *
 *   waiting ──due──▶ taken (on disk: the next slot) ──▶ running ──done, failed or too late──▶ waiting
 *
 * A slot is taken before it is run: a crash in between loses that run, but nothing ever runs twice.
 * Of several assistants on the same store only one takes a slot. Slots due at the same moment are
 * taken in one commit.
 */
export class Scheduler {
  readonly clock: SchedulerClock
  readonly durable: ScheduleStore
  readonly volatile: ScheduleStore = createMemoryScheduleStore()
  readonly #onError: SchedulerOptions['onError']
  readonly #handlers = new Map<string, ScheduleHandler>()
  readonly #tasks = new Map<string, { readonly names: ReadonlySet<string>; readonly run: TaskRunner }>()
  readonly #running = new Map<string, Promise<void>>()
  /** Schedules whose slot is being taken; none of the promises rejects. */
  readonly #taking = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #declaring = new KeyLock()
  /** Durable schedules, as last read. */
  #known: Map<string, ScheduleRecord> | undefined
  #version = -1
  #purgedAt = 0
  /** The checks, once started; `#work` counts other operations on the store. */
  #looks: Repetition | undefined
  #work = 0
  readonly #health = new SchedulerHealth()

  constructor({ store, clock = SYSTEM_CLOCK, onError }: SchedulerOptions) {
    this.durable = store
    this.clock = clock
    this.#onError = onError
  }

  /** The scheduler service of one plugin; its schedules with functions end with its effects. */
  forPlugin(plugin: string, effects: EffectScope): SchedulerService {
    const backend = new PluginSchedules({ plugin, effects, scheduler: this })
    return new SchedulerClient(backend, (error) => this.#onError(plugin, 'a schedule', error))
  }

  /** Starts to run due schedules. */
  start(): void {
    this.#looks = repeat(() => this.#lookAtAll(), {
      everyMs: LOOK_MS,
      afterErrorMs: TRY_AGAIN_MS,
      clock: this.clock,
      onError: (error) => this.#onError('assistant', 'of all', error),
    })
    this.#arm(0)
  }

  /** Stops. Running work is aborted and has three seconds to end. */
  async stop(): Promise<void> {
    const looked = this.#looks?.stop()
    this.#looks = undefined
    let cancel: (() => void) | undefined
    const late = new Promise<void>((resolve) => (cancel = this.clock.after(STOP_MS, resolve)))
    // a slot that is being taken must still run, since nobody else would run it
    await Promise.race([looked?.then(() => Promise.all(this.#taking.values())), late])
    this.#stopping.abort(new PluggramError('plugin-not-found', 'The assistant is stopping.'))
    await Promise.race([Promise.allSettled(this.#running.values()), late])
    cancel?.()
  }

  /** Whether schedules run, what is due next, and what ran last. */
  async health(): Promise<SchedulerReport> {
    const known = [...(this.#known?.values() ?? []), ...(await this.volatile.all())]
    const waiting = known.filter((record) => !record.isPaused && this.#handlerOf(record) !== undefined)
    return this.#health.report(waiting)
  }

  /**
   * Stores the schedules of a plugin's manifest, and deletes those no longer in it. Never rejects.
   */
  declare(plugin: string, schedules: readonly ScheduleDescriptor[], run: TaskRunner): Promise<void> {
    this.#tasks.set(plugin, { names: new Set(schedules.map(({ name }) => name)), run })
    return this.#busy(() => this.#declaring.run(plugin, () => this.#declare(plugin, schedules)))
  }

  async #declare(plugin: string, schedules: readonly ScheduleDescriptor[]): Promise<void> {
    const wanted = new Set<string>()
    const puts = schedules.map(async (schedule) => {
      try {
        const record = toRecord(plugin, schedule, this.clock.now())
        if (!record) return
        wanted.add(record.name)
        await this.put(record, this.durable)
      } catch (error) {
        wanted.delete(schedule.name)
        this.#onError(plugin, schedule.name, error)
      }
    })
    await Promise.all(puts)
    try {
      const gone = (await this.durable.all(plugin)).filter(
        ({ name, isDeclared }) => isDeclared && !wanted.has(name),
      )
      await Promise.all(gone.map(({ name }) => this.durable.update(plugin, name, () => undefined)))
    } catch (error) {
      this.#onError(plugin, 'a schedule', error)
    }
    this.#known = undefined
    this.#arm(SOONEST_MS)
  }

  /** The plugin has stopped; its schedules stay and wait. */
  withdraw(plugin: string): void {
    this.#tasks.delete(plugin)
  }

  /** Makes a function do the work of a schedule, until the returned function is called. */
  bind(plugin: string, name: string, handler: ScheduleHandler): () => void {
    const key = keyOf(plugin, name)
    this.#handlers.set(key, handler)
    return () => {
      if (this.#handlers.get(key) === handler) this.#handlers.delete(key)
    }
  }

  /** Stores a schedule. If one of that name has the same times, it keeps its slots. */
  async put(record: ScheduleRecord, store: ScheduleStore): Promise<void> {
    await store.update(record.plugin, record.name, (before) => {
      if (!before) return record
      const { anchor, nextSlot, lastSlot, used, isPaused } = before
      const isSame = JSON.stringify(before.times) === JSON.stringify(record.times)
      return { ...record, ...(isSame && { anchor, nextSlot, lastSlot, used }), isPaused }
    })
  }

  /** Reads a changed schedule again. */
  async changed(plugin: string, name: string): Promise<void> {
    const record = (await this.#refresh(plugin, name)) ?? (await this.volatile.find(plugin, name))
    // each check looks at all schedules, so it must not come sooner than it is needed
    if (record?.nextSlot === undefined) return
    this.#arm(Math.min(LOOK_MS, Math.max(SOONEST_MS, record.nextSlot - this.clock.now())))
  }

  /** The schedules that are not over, of all plugins or of one, soonest first. */
  async list(plugin?: string): Promise<readonly OwnersSchedule[]> {
    const [durable, volatile] = await Promise.all([this.durable.all(plugin), this.volatile.all(plugin)])
    return [
      ...durable.map((record) => toInfo(record, true)),
      ...volatile.map((record) => toInfo(record, false)),
    ]
      .filter(({ next, isPaused }) => next !== undefined || isPaused)
      .toSorted((a, b) => (a.next?.getTime() ?? Infinity) - (b.next?.getTime() ?? Infinity))
  }

  /**
   * Runs a schedule outside its slots; false when nothing can run it now, or it is already running.
   */
  runNow(record: ScheduleRecord): boolean {
    const handler = this.#handlerOf(record)
    if (!handler || this.#isBusyWith(keyOf(record.plugin, record.name))) return false
    this.#run(record, handler, { slot: this.clock.now(), isCatchUp: false })
    return true
  }

  /** The runs in progress; none of them rejects. */
  runs(): readonly Promise<void>[] {
    return [...this.#running.values()]
  }

  /** Resolves when the scheduler itself is not reading or writing schedules. */
  async whenIdle(): Promise<void> {
    while (this.#looks?.running || this.#taking.size > 0 || this.#work > 0) {
      await this.#looks?.running
      await Promise.all(this.#taking.values())
      await setImmediate()
    }
  }

  /**
   * Starts to take what is due. It waits for no slot: while the store fails or is slow, schedules
   * in memory still run. @returns how long until the next check
   */
  async #lookAtAll(): Promise<number> {
    this.#health.looked()
    const now = this.clock.now()
    const volatile = (await this.volatile.all()).map((record) => this.#consider(record, this.volatile, now))
    const times = [...volatile, ...(await this.#considerDurable(now))]
    return Math.max(SOONEST_MS, Math.min(now + LOOK_MS, ...times) - now)
  }

  async #considerDurable(now: number): Promise<readonly number[]> {
    try {
      await this.#purge(now)
      const records = await this.#durableRecords()
      this.#health.succeeded('read')
      return records.map((record) => this.#consider(record, this.durable, now))
    } catch (error) {
      if (this.#health.failed('read', error)) this.#onError('assistant', 'of all', error)
      return [now + TRY_AGAIN_MS]
    }
  }

  /** Starts to take the slot of a schedule that is due. @returns when to check it again */
  #consider(record: ScheduleRecord, store: ScheduleStore, now: number): number {
    const { plugin, name } = record
    const key = keyOf(plugin, name)
    const handler = this.#handlerOf(record)
    if (record.isPaused || !handler || this.#isBusyWith(key)) return Infinity
    try {
      const plan = planSlot(record, now)
      if (plan.kind === 'wait') return plan.until
      if (plan.kind === 'advance') this.#taking.set(key, this.#take(record, { store, plan, handler }))
    } catch (error) {
      // one schedule that cannot be read must not stop the others
      this.#onError(plugin, name, error)
    }
    return Infinity
  }

  /** Takes a slot and runs it. Never rejects. */
  async #take(
    record: ScheduleRecord,
    {
      store,
      plan,
      handler,
    }: {
      readonly store: ScheduleStore
      readonly plan: Extract<SlotPlan, { kind: 'advance' }>
      readonly handler: ScheduleHandler
    },
  ): Promise<void> {
    const { plugin, name } = record
    let again = SOONEST_MS
    this.#health.taking(record)
    try {
      const isTaken = await store.advance(record, plan.progress)
      // from here on nobody else runs the slot, so nothing may come between
      if (isTaken && plan.slot !== undefined)
        this.#run(record, handler, { slot: plan.slot, isCatchUp: plan.isCatchUp })
      if (store === this.durable) {
        this.#health.succeeded('written')
        await this.#refresh(plugin, name)
      }
    } catch (error) {
      again = TRY_AGAIN_MS
      this.#known = undefined
      // each outage is told once: a line for every schedule and second would fill the log
      if (this.#health.failed('written', error)) this.#onError(plugin, name, error)
    }
    this.#health.took(record)
    this.#taking.delete(keyOf(plugin, name))
    this.#arm(again)
  }

  #isBusyWith(key: string): boolean {
    return this.#running.has(key) || this.#taking.has(key)
  }

  #run(
    record: ScheduleRecord,
    handler: ScheduleHandler,
    { slot, isCatchUp }: { readonly slot: number; readonly isCatchUp: boolean },
  ): void {
    const { plugin, name, data, timeoutMs } = record
    const scheduledFor = new Date(slot)
    const work = async (signal: AbortSignal): Promise<void> => {
      await handler({
        name,
        slot: `${name}@${scheduledFor.toISOString()}`,
        scheduledFor,
        isCatchUp,
        ...(data !== undefined && { data: JSON.parse(data) as unknown }),
        signal,
      })
    }
    const label = `Schedule ${name} of plugin ${plugin}`
    const run = runWithDeadline(work, {
      limitMs: timeoutMs,
      graceMs: GRACE_MS,
      createError: () =>
        new PluggramError('plugin-timeout', `${label} did not end within ${timeoutMs / 1_000} s.`),
      signal: this.#stopping.signal,
      after: (milliseconds, callback) => this.clock.after(milliseconds, callback),
    })
    const key = keyOf(plugin, name)
    const watched = run
      .then(
        () => this.#health.ran({ plugin, name, outcome: 'ok' }),
        (error: unknown) => {
          this.#health.ran({ plugin, name, outcome: 'error' })
          if (!this.#stopping.signal.aborted) this.#onError(plugin, name, error)
        },
      )
      .finally(() => {
        this.#running.delete(key)
        this.#arm(SOONEST_MS)
      })
    this.#running.set(key, watched)
  }

  #handlerOf({ plugin, name, task }: ScheduleRecord): ScheduleHandler | undefined {
    if (task === undefined) return this.#handlers.get(keyOf(plugin, name))
    const tasks = this.#tasks.get(plugin)
    return tasks?.names.has(task) === true ? (run) => tasks.run(task, run) : undefined
  }

  async #refresh(plugin: string, name: string): Promise<ScheduleRecord | undefined> {
    const record = await this.durable.find(plugin, name)
    if (record) this.#known?.set(keyOf(plugin, name), record)
    else this.#known?.delete(keyOf(plugin, name))
    return record
  }

  async #durableRecords(): Promise<readonly ScheduleRecord[]> {
    const version = await this.durable.version()
    if (this.#known && version === this.#version) return [...this.#known.values()]
    this.#version = version
    const records = await this.durable.all()
    this.#known = new Map(records.map((record) => [keyOf(record.plugin, record.name), record]))
    return records
  }

  /**
   * Deletes dates that are long over. They are kept for a while, because the plugin may request the
   * same date again when it starts.
   */
  async #purge(now: number): Promise<void> {
    if (now - this.#purgedAt < PURGE_MS && now >= this.#purgedAt) return
    this.#purgedAt = now
    const isOld = ({ times, nextSlot }: ScheduleRecord): boolean =>
      times.kind === 'at' && nextSlot === undefined && times.date.getTime() < now - PAST_MS
    const old = (await this.durable.all()).filter(isOld)
    await Promise.all(
      old.map(({ plugin, name }) =>
        this.durable.update(plugin, name, (record) => (record && isOld(record) ? undefined : record)),
      ),
    )
    this.#known = undefined
  }

  #arm(milliseconds: number): void {
    this.#looks?.within(milliseconds)
  }

  async #busy<T>(work: () => Promise<T>): Promise<T> {
    this.#work += 1
    try {
      return await work()
    } finally {
      this.#work -= 1
    }
  }
}

function keyOf(plugin: string, name: string): string {
  return `${plugin}\n${name}`
}
