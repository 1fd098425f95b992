import { runWithDeadline } from '@pluggram/base'
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
import { createMemoryScheduleStore } from './memory-schedule-store.ts'
import { planSlot } from './plan-slot.ts'
import { PluginSchedules } from './plugin-schedules.ts'
import type { ScheduleRecord, ScheduleStore } from './schedule-record.ts'
import { createRecord, PAST_MS } from './schedule-request.ts'
import { describeTimes } from './schedule-times.ts'
import { SYSTEM_CLOCK } from './scheduler-clock.ts'
import type { SchedulerClock } from './scheduler-clock.ts'

export interface SchedulerOptions {
  /** Where schedules with a name are kept. */
  readonly store: ScheduleStore
  readonly clock?: SchedulerClock
  /** Told what a run threw. */
  onError(plugin: string, name: string, error: unknown): void
}

/** A schedule of any plugin, for the owner. */
export interface OwnersSchedule extends ScheduleInfo {
  readonly plugin: string
}

/** Runs one of a plugin's declared schedules. */
export type TaskRunner = (task: string, run: ScheduledRun) => Promise<void>

/** The clock may be set: nothing is waited for longer without a look at it. */
const LOOK_MS = 15_000
const SOONEST_MS = 5
const STOP_MS = 3_000
/** A run that was told to end is waited for no longer than that. */
const GRACE_MS = 2_000
const PURGE_MS = 3_600_000

/**
 * Keeps the schedules of all plugins and runs what is due.
 *
 *   waiting ──due──▶ taken (on disk: the next slot) ──▶ running ──done, failed or too late──▶ waiting
 *
 * A slot is taken before it is run: a crash in between loses that run, and nothing ever runs twice. Of several assistants
 * over the same store one takes a slot.
 */
export class Scheduler {
  readonly clock: SchedulerClock
  readonly durable: ScheduleStore
  readonly volatile: ScheduleStore = createMemoryScheduleStore()
  readonly #onError: SchedulerOptions['onError']
  readonly #handlers = new Map<string, ScheduleHandler>()
  readonly #tasks = new Map<string, { readonly names: ReadonlySet<string>; readonly run: TaskRunner }>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  #known: Map<string, ScheduleRecord> | undefined
  #version = -1
  #purgedAt = 0
  #isStarted = false
  #cancelTimer: (() => void) | undefined

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

  /** Begins to run what is due. */
  start(): void {
    this.#isStarted = true
    this.#tick()
  }

  /** Runs nothing more; what runs is told to end and has three seconds for it. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.#cancelTimer?.()
    this.#stopping.abort(new PluggramError('plugin-not-found', 'The assistant is stopping.'))
    let cancel: (() => void) | undefined
    const late = new Promise<void>((resolve) => (cancel = this.clock.after(STOP_MS, resolve)))
    await Promise.race([Promise.allSettled(this.#running.values()), late])
    cancel?.()
  }

  /** Takes over the schedules of a plugin's manifest; those that are no longer in it are forgotten. */
  declare(plugin: string, schedules: readonly ScheduleDescriptor[], run: TaskRunner): void {
    this.#tasks.set(plugin, { names: new Set(schedules.map(({ name }) => name)), run })
    const wanted = new Set<string>()
    for (const schedule of schedules) {
      try {
        const record = toRecord(plugin, schedule, this.clock.now())
        if (!record) continue
        this.put(record, this.durable)
        wanted.add(record.name)
      } catch (error) {
        this.#onError(plugin, schedule.name, error)
      }
    }
    for (const { plugin: owner, name, isDeclared } of this.durable.all()) {
      if (owner === plugin && isDeclared && !wanted.has(name)) this.durable.remove(plugin, name)
    }
    this.#known = undefined
    if (this.#isStarted) this.#arm(SOONEST_MS)
  }

  /** The plugin does not run any more; its schedules stay, and wait. */
  withdraw(plugin: string): void {
    this.#tasks.delete(plugin)
  }

  /** Lets a function do the work of a schedule, until the returned function is called. */
  bind(plugin: string, name: string, handler: ScheduleHandler): () => void {
    const key = keyOf(plugin, name)
    this.#handlers.set(key, handler)
    return () => {
      if (this.#handlers.get(key) === handler) this.#handlers.delete(key)
    }
  }

  /** Keeps a schedule; the slots of one that stands there with the same times go on. */
  put(record: ScheduleRecord, store: ScheduleStore): void {
    store.atomically(() => {
      const before = store.find(record.plugin, record.name)
      const isSame = before && JSON.stringify(before.times) === JSON.stringify(record.times)
      const { anchor, nextSlot, lastSlot, used, isPaused } = before ?? record
      store.put({
        ...record,
        ...(isSame ? { anchor, nextSlot, lastSlot, used } : {}),
        ...(before && { isPaused }),
      })
    })
  }

  changed(plugin: string, name: string): void {
    this.#refresh(plugin, name)
    if (this.#isStarted) this.#arm(SOONEST_MS)
  }

  /** All schedules that are not over, the next one first. */
  list(): readonly OwnersSchedule[] {
    return [
      ...this.durable.all().map((record) => toInfo(record, true)),
      ...this.volatile.all().map((record) => toInfo(record, false)),
    ]
      .filter(({ next, isPaused }) => next !== undefined || isPaused)
      .toSorted((a, b) => (a.next?.getTime() ?? Infinity) - (b.next?.getTime() ?? Infinity))
  }

  /** Runs a schedule besides its slots; false when nothing can run it now, or it runs already. */
  runNow(record: ScheduleRecord): boolean {
    const handler = this.#handlerOf(record)
    if (!handler || this.#running.has(keyOf(record.plugin, record.name))) return false
    this.#run(record, handler, { slot: this.clock.now(), isCatchUp: false })
    return true
  }

  /** The runs under way; none of them rejects. */
  runs(): readonly Promise<void>[] {
    return [...this.#running.values()]
  }

  #tick(): void {
    if (!this.#isStarted) return
    const now = this.clock.now()
    this.#purge(now)
    let wakeAt = now + LOOK_MS
    for (const [store, records] of [
      [this.durable, this.#durableRecords()],
      [this.volatile, this.volatile.all()],
    ] as const) {
      for (const record of records) wakeAt = Math.min(wakeAt, this.#consider(record, store, now))
    }
    this.#arm(Math.max(SOONEST_MS, wakeAt - now))
  }

  /** Runs what is due of one schedule. @returns when it has to be looked at again */
  #consider(record: ScheduleRecord, store: ScheduleStore, now: number): number {
    const handler = this.#handlerOf(record)
    const isRunning = this.#running.has(keyOf(record.plugin, record.name))
    if (record.isPaused || !handler || isRunning) return Infinity
    const plan = planSlot(record, now)
    if (plan.kind === 'over') return Infinity
    if (plan.kind === 'wait') return plan.until
    const isTaken = store.advance(record, plan.progress)
    if (store === this.durable) this.#refresh(record.plugin, record.name)
    if (!isTaken) return now + SOONEST_MS
    const { slot, isCatchUp } = plan
    if (slot === undefined) return now + SOONEST_MS
    this.#run(record, handler, { slot, isCatchUp })
    return Infinity
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
        if (this.#isStarted) this.#arm(SOONEST_MS)
      })
    this.#running.set(key, watched)
  }

  #handlerOf({ plugin, name, task }: ScheduleRecord): ScheduleHandler | undefined {
    if (task === undefined) return this.#handlers.get(keyOf(plugin, name))
    const tasks = this.#tasks.get(plugin)
    return tasks?.names.has(task) === true ? (run) => tasks.run(task, run) : undefined
  }

  #refresh(plugin: string, name: string): void {
    const record = this.durable.find(plugin, name)
    if (record) this.#known?.set(keyOf(plugin, name), record)
    else this.#known?.delete(keyOf(plugin, name))
  }

  #durableRecords(): readonly ScheduleRecord[] {
    const version = this.durable.version()
    if (!this.#known || version !== this.#version) {
      this.#version = version
      this.#known = new Map(this.durable.all().map((record) => [keyOf(record.plugin, record.name), record]))
    }
    return [...this.#known.values()]
  }

  /** Dates that are over are remembered for a while: the plugin may ask for the same again when it starts. */
  #purge(now: number): void {
    if (now - this.#purgedAt < PURGE_MS && now >= this.#purgedAt) return
    this.#purgedAt = now
    for (const { plugin, name, times, nextSlot } of this.durable.all()) {
      const isOld = times.kind === 'at' && times.date.getTime() < now - PAST_MS
      if (isOld && nextSlot === undefined) this.durable.remove(plugin, name)
    }
    this.#known = undefined
  }

  #arm(milliseconds: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.clock.after(milliseconds, () => this.#tick())
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
