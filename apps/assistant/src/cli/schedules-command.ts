import { Scheduler } from '@pluggram/services'
import { z } from '@pluggram/sdk'
import { createSqliteScheduleStore } from '@pluggram/storage'
import { listDurable, scheduleNotFound, setPaused } from '../http/schedule-routes.ts'
import { askElse } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'
import { withDatabase } from './with-database.ts'

const listSchema = z.object({
  schedules: z.array(
    z.object({
      plugin: z.string(),
      name: z.string(),
      when: z.string(),
      isPaused: z.boolean(),
      next: z.string().optional(),
      last: z.string().optional(),
    }),
  ),
})

/** Lists what plugins have planned: durable schedules, the next one first. */
export async function listSchedules(cli: CliEnvironment): Promise<number> {
  const { schedules } = await askElse(
    cli,
    { method: 'GET', path: '/api/schedules', answer: listSchema },
    async () => ({ schedules: [...((await withScheduler(cli, listDurable)) ?? [])] }),
  )
  if (cli.isJson) return printJson(cli, schedules)
  if (schedules.length === 0) cli.print('No schedules.')
  for (const { plugin, name, when, next, last, isPaused } of schedules) {
    const state = isPaused ? 'paused' : `next ${next ?? 'never'}`
    cli.print(`${plugin}  ${name}  ${when}  ${state}${last === undefined ? '' : `, last ${last}`}`)
  }
  return 0
}

/** Pauses or resumes a schedule. */
export async function pauseSchedule(
  cli: CliEnvironment,
  wanted: { readonly plugin: string; readonly name: string; readonly isPaused: boolean },
): Promise<number> {
  const { plugin, name, isPaused } = wanted
  const ask = { method: 'POST', path: '/api/schedules', body: wanted, answer: z.object({}) } as const
  await askElse(cli, ask, async () => {
    if (await withScheduler(cli, (scheduler) => setPaused(scheduler, wanted))) return {}
    throw scheduleNotFound(wanted)
  })
  cli.print(`${name} of ${plugin} is ${isPaused ? 'paused' : 'on'}.`)
  return 0
}

/** @returns `undefined` when no assistant ever planned anything here */
function withScheduler<T>(
  cli: CliEnvironment,
  work: (scheduler: Scheduler) => Promise<T>,
): Promise<T | undefined> {
  return withDatabase(cli, async ({ log, bot }) => {
    const store = createSqliteScheduleStore(log, { bot })
    try {
      return await work(new Scheduler({ store, onError: () => {} }))
    } finally {
      await store.close()
    }
  })
}
