import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { EffectScope, ScheduledRun, SchedulerService } from '@pluggram/sdk'
import { createSqliteScheduleStore, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import type { ScheduleStore } from '@pluggram/storage/contracts'
import { Scheduler } from './scheduler.ts'
import type { TestClock } from './test-clock.ts'

let folder = ''
const closers: (() => Promise<void>)[] = []

/** Gives every test a folder for its schedules. */
export function useScheduleFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pluggram-schedules-'))
  })
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
    rmSync(folder, { recursive: true })
  })
}

/** One assistant: a scheduler on the folder's file, with the plugin `notes`. */
export class Instance {
  readonly clock: TestClock
  readonly scheduler: Scheduler
  readonly service: SchedulerService
  readonly errors: unknown[] = []
  readonly disposers: (() => unknown)[] = []

  constructor(clock: TestClock, store: ScheduleStore = openStore('schedules')) {
    this.clock = clock
    this.scheduler = new Scheduler({
      store,
      clock,
      onError: (_plugin, _name, error) => this.errors.push(error),
    })
    const effects: EffectScope = {
      add: (_label, dispose) => {
        this.disposers.push(dispose)
        return async () => void (await dispose())
      },
      setInterval: unused,
      setTimeout: unused,
      list: () => [],
    }
    this.service = this.scheduler.forPlugin('notes', effects)
    clock.waitFor(() => this.scheduler.whenIdle())
    this.scheduler.start()
  }

  /** Ends like `kill -9`, as far as the file is concerned. */
  async end(): Promise<void> {
    await this.scheduler.stop()
  }
}

function unused(): never {
  throw new Error('not used here')
}

/** Opens the file of that name in the folder once more. */
export function openStore(name: string): ScheduleStore {
  const database = openSqliteDatabase(join(folder, `${name}.db`))
  const log = new WriteLog(database)
  const store = createSqliteScheduleStore(log, { bot: 1 })
  closers.push(async () => {
    await store.close()
    await log.close()
    database.close()
  })
  return store
}

/** Collects slots as local times of a zone. */
export function collect(into: string[], timeZone = 'UTC'): (run: ScheduledRun) => void {
  const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return ({ scheduledFor }) => void into.push(format.format(scheduledFor))
}

export const slotsOf = (runs: readonly ScheduledRun[]): string[] => runs.map(({ slot }) => slot)
