import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { createEffectScope } from '@pluggram/host'
import { Scheduler } from '@pluggram/services'
import type { SchedulerClock } from '@pluggram/services'
import type { SchedulerService } from '@pluggram/sdk'
import type { RunnablePlugin } from '@pluggram/sdk/runtime'
import { createMemoryScheduleStore } from '@pluggram/storage/contracts'

/** A scheduler whose clock only moves when the test moves it. */
export interface TestScheduler {
  readonly service: SchedulerService
  /** The clock's time; it starts with the real time. */
  now(): Date
  /**
   * Advances the clock and runs whatever becomes due, in order. It waits for each run, so that work
   * outside of this thread gets done. After five real seconds it stops waiting for a run and moves
   * on.
   */
  advance(seconds: number): Promise<void>
  /** Adopts the schedules of a plugin's manifest. */
  declare(plugin: RunnablePlugin): void
}

interface Timer {
  readonly at: number
  readonly work: () => void
}

const PLUGIN = 'plugin_under_test'
/** The number of event loop turns that a run gets before the clock moves. */
const TURNS = 5
const PATIENCE_MS = 5_000

/** @param onError receives the errors of runs */
export function createTestScheduler(onError: (error: unknown, schedule: string) => void): TestScheduler {
  let time = Date.now()
  const timers = new Set<Timer>()
  const clock: SchedulerClock = {
    now: () => time,
    after(milliseconds, work) {
      const timer = { at: time + milliseconds, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  const scheduler = new Scheduler({
    store: createMemoryScheduleStore(),
    clock,
    onError: (_plugin, name, error) => onError(error, name),
  })
  const effects = createEffectScope({ onError: (error, label) => onError(error, label) })
  scheduler.start()
  const settle = createSettle(scheduler)
  return {
    service: scheduler.forPlugin(PLUGIN, effects),
    now: () => new Date(time),
    async advance(seconds) {
      const end = time + seconds * 1_000
      for (;;) {
        await settle()
        const [next] = [...timers].toSorted((a, b) => a.at - b.at)
        if (!next || next.at > end) break
        timers.delete(next)
        time = next.at
        next.work()
      }
      time = end
    },
    declare(plugin) {
      void scheduler.declare(PLUGIN, plugin.descriptor.schedules, (task, { signal, ...run }) =>
        plugin.ask('schedule', { task, run }, signal),
      )
    },
  }
}

/**
 * Lets current work continue: for a few turns of the event loop, and once for each run for some
 * real time.
 */
function createSettle(scheduler: Scheduler): () => Promise<void> {
  const waitedFor = new WeakSet<Promise<void>>()
  const turns = async (): Promise<void> => {
    for (let count = 0; count < TURNS; count += 1) await turn()
    await scheduler.whenIdle()
  }
  return async () => {
    await turns()
    const runs = scheduler.runs().filter((run) => !waitedFor.has(run))
    if (runs.length === 0) return
    for (const run of runs) waitedFor.add(run)
    const done = new AbortController()
    const patience = sleep(PATIENCE_MS, undefined, { signal: done.signal }).catch(() => {})
    await Promise.race([Promise.all(runs), patience])
    done.abort()
    await turns()
  }
}
