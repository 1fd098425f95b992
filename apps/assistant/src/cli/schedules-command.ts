import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteScheduleStore, resumeRecord, Scheduler } from '@pluggram/services'
import type { ScheduleStore } from '@pluggram/services'
import { schedulesFile } from '../services/scheduler.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** Lists what plugins have planned: durable schedules, the next one first. */
export async function listSchedules(cli: CliEnvironment): Promise<number> {
  return withStore(cli, (store) => {
    const schedules = new Scheduler({ store, onError: () => {} }).list()
    if (schedules.length === 0) cli.print('Nothing is planned.')
    for (const { plugin, name, when, next, last, isPaused } of schedules) {
      const state = isPaused ? 'paused' : `next ${next?.toISOString() ?? 'never'}`
      const before = last === undefined ? '' : `, last ${last.toISOString()}`
      cli.print(`${plugin}  ${name}  ${when}  ${state}${before}`)
    }
    return 0
  })
}

/** Pauses or resumes a schedule; a running assistant takes that over within seconds. */
export async function pauseSchedule(
  cli: CliEnvironment,
  { plugin, name, isPaused }: { readonly plugin: string; readonly name: string; readonly isPaused: boolean },
): Promise<number> {
  return withStore(cli, (store) => {
    const record = store.find(plugin, name)
    if (!record) {
      cli.printError(`There is no schedule ${name} of a plugin ${plugin}. "pluggram schedules" lists them.`)
      return 1
    }
    if (isPaused) store.setPaused(plugin, name, true, record.nextSlot)
    else resumeRecord(store, record, Date.now())
    cli.print(`${name} of ${plugin} is ${isPaused ? 'paused' : 'on'}.`)
    return 0
  })
}

function withStore(cli: CliEnvironment, work: (store: ScheduleStore) => number): number {
  const file = schedulesFile(join(cli.home, 'data'))
  if (!existsSync(file)) {
    cli.print('Nothing is planned.')
    return 0
  }
  const store = openSqliteScheduleStore(file)
  try {
    return work(store)
  } finally {
    store.close()
  }
}
