import { setImmediate as turn } from 'node:timers/promises'
import { createEffectScope } from '@pluggram/host'
import { createMemoryScheduleStore, Scheduler } from '@pluggram/services'
import type { SchedulerClock } from '@pluggram/services'
import type { SchedulerService } from '@pluggram/sdk'
import type { RunnablePlugin } from '@pluggram/sdk/runtime'

/** A scheduler whose clock stands still until the test moves it. */
export interface TestScheduler {
  readonly service: SchedulerService
  /** What the clock shows; it begins with the real time. */
  now(): Date
  /** Moves the clock on and runs what becomes due, in order. */
  advance(seconds: number): Promise<void>
  /** Takes over the schedules of a plugin's manifest. */
  declare(plugin: RunnablePlugin): void
}

interface Timer {
  readonly at: number
  readonly work: () => void
}

const PLUGIN = 'plugin_under_test'
/** Turns of the event loop in which a run may get on before the clock moves. */
const TURNS = 5

/** @param onError takes what runs threw */
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
      scheduler.declare(PLUGIN, plugin.descriptor.schedules, async (task, run) => {
        await plugin.runSchedule?.(task, run)
      })
    },
  }
}

async function settle(): Promise<void> {
  for (let count = 0; count < TURNS; count += 1) await turn()
}
