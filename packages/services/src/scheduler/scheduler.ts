import { runWithDeadline } from '@pluggram/base'
import { setImmediate } from 'node:timers/promises'
import { KeyLock } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import type {
  EffectScope,
  ScheduledRun,
  ScheduleHandler,
  ScheduleInfo,
  SchedulerService,
} from '@pluggram/sdk'
import { SchedulerClient } from '@pluggram/sdk/runtime'
import type { ScheduleDescriptor } from '@pluggram/sdk/runtime'
import { createMemoryScheduleStore } from '@pluggram/storage/contracts'
import type { ScheduleRecord, ScheduleStore } from '@pluggram/storage/contracts'
import { planSlot } from './plan-slot.ts'
import { PluginSchedules } from './plugin-schedules.ts'
import { createRecord, PAST_MS } from './schedule-request.ts'
import { describeTimes } from './schedule-times.ts'
import { SYSTEM_CLOCK } from './scheduler-clock.ts'
import type { SchedulerClock } from './scheduler-clock.ts'

export interface SchedulerOptions {
  /** Stores the schedules with a name. */
  readonly store: ScheduleStore
  readonly clock?: SchedulerClock
  /** Called with what a run threw. */
  onError(plugin: string, name: string, error: unknown): void
}

/** A schedule of any plugin, as the owner sees it. */
export interface OwnersSchedule extends ScheduleInfo {
  readonly plugin: string
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
  /** Schedules whose slot is being taken. */
  readonly #taking = new Set<string>()
  readonly #stopping = new AbortController()
  readonly #declaring = new KeyLock()
  /** Durable schedules, as last read. */
  #known: Map<string, ScheduleRecord> | undefined
  #version = -1
  #purgedAt = 0
  #isStarted = false
  /** The check in progress; `#work` counts other operations on the store. */
  #look: Promise<void> | undefined
  #work = 0
  #timer: { readonly at: number; cancel(): void } | undefined

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
    this.#isStarted = true
    this.#tick()
  }

  /** Stops. Running work is aborted and has three seconds to end. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.#timer?.cancel()
    let cancel: (() => void) | undefined
    const late = new Promise<void>((resolve) => (cancel = this.clock.after(STOP_MS, resolve)))
    // a slot that is being taken must still run, since nobody else would run it
    await Promise.race([this.#look, late])
    this.#stopping.abort(new PluggramError('plugin-not-found', 'The assistant is stopping.'))
    await Promise.race([Promise.allSettled(this.#running.values()), late])
    cancel?.()
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
    while (this.#look || this.#work > 0) {
      await this.#look
      await setImmediate()
    }
  }

  #tick(): void {
    this.#timer = undefined
    if (!this.#isStarted) return
    this.#look ??= this.#lookAndArm()
  }

  async #lookAndArm(): Promise<void> {
    let wait = TRY_AGAIN_MS
    try {
      wait = await this.#lookAtAll()
    } catch (error) {
      this.#onError('assistant', 'of all', error)
    }
    this.#look = undefined
    this.#arm(wait)
  }

  /** Runs what is due. @returns how long until the next check */
  async #lookAtAll(): Promise<number> {
    const now = this.clock.now()
    await this.#purge(now)
    const durable = (await this.#durableRecords()).map((record) => this.#consider(record, this.durable, now))
    const volatile = (await this.volatile.all()).map((record) => this.#consider(record, this.volatile, now))
    const times = await Promise.all([...durable, ...volatile])
    return Math.max(SOONEST_MS, Math.min(now + LOOK_MS, ...times) - now)
  }

  /** Runs one schedule if it is due. @returns when to check it again */
  async #consider(record: ScheduleRecord, store: ScheduleStore, now: number): Promise<number> {
    const { plugin, name } = record
    const key = keyOf(plugin, name)
    const handler = this.#handlerOf(record)
    if (record.isPaused || !handler || this.#isBusyWith(key)) return Infinity
    const plan = planSlot(record, now)
    if (plan.kind === 'over') return Infinity
    if (plan.kind === 'wait') return plan.until
    this.#taking.add(key)
    try {
      const isTaken = await store.advance(record, plan.progress)
      if (store === this.durable) await this.#refresh(plugin, name)
      if (!isTaken || plan.slot === undefined) return now + SOONEST_MS
    } catch (error) {
      this.#onError(plugin, name, error)
      return now + TRY_AGAIN_MS
    } finally {
      this.#taking.delete(key)
    }
    this.#run(record, handler, { slot: plan.slot, isCatchUp: plan.isCatchUp })
    return Infinity
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
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) this.#onError(plugin, name, error)
      })
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

  /** Sets the timer, unless it fires earlier anyway. */
  #arm(milliseconds: number): void {
    if (!this.#isStarted) return
    const at = this.clock.now() + milliseconds
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.cancel()
    const cancel = this.clock.after(milliseconds, () => this.#tick())
    this.#timer = { at, cancel }
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

function toInfo(record: ScheduleRecord, isDurable: boolean): OwnersSchedule {
  const { plugin, name, times, nextSlot, lastSlot, isPaused, data } = record
  return {
    plugin,
    name,
    when: describeTimes(times),
    ...(nextSlot !== undefined && !isPaused && { next: new Date(nextSlot) }),
    ...(lastSlot !== undefined && { last: new Date(lastSlot) }),
    isPaused,
    isDurable,
    ...(data !== undefined && { data: JSON.parse(data) as unknown }),
  }
}

function toRecord(plugin: string, schedule: ScheduleDescriptor, now: number): ScheduleRecord | undefined {
  const { name, everySeconds, cron, timeZone, missed, jitterSeconds, timeoutSeconds } = schedule
  if (everySeconds === undefined && cron === undefined) return undefined
  const request = {
    times:
      cron === undefined
        ? ({ kind: 'every', seconds: everySeconds ?? 0 } as const)
        : ({ kind: 'cron', expression: cron, timeZone } as const),
    options: {
      name,
      ...(missed && { missed }),
      ...(jitterSeconds !== undefined && { jitterSeconds }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    },
    task: name,
  }
  return { ...createRecord(plugin, request, { fallbackName: name, now }), isDeclared: true }
}
