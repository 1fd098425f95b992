import { pauseSchedule, resumeSchedule } from '@pluggram/services'
import type { Scheduler } from '@pluggram/services'
import { PluggramError, z } from '@pluggram/sdk'
import type { FastifyInstance } from 'fastify'

/** A schedule as the API and the command line show it; times in ISO 8601. */
export interface ScheduleSummary {
  readonly plugin: string
  readonly name: string
  readonly when: string
  readonly isPaused: boolean
  readonly next?: string | undefined
  readonly last?: string | undefined
}

const pauseSchema = z.strictObject({ plugin: z.string(), name: z.string(), isPaused: z.boolean() })

/** `GET /api/schedules`, and `POST` with `{ plugin, name, isPaused }`. */
export function registerScheduleRoutes(server: FastifyInstance, scheduler: Scheduler): void {
  server.get('/api/schedules', async () => ({ schedules: await listDurable(scheduler) }))
  server.post('/api/schedules', async (request, _reply) => {
    const wanted = pauseSchema.parse(request.body)
    if (!(await setPaused(scheduler, wanted))) throw scheduleNotFound(wanted)
    return {}
  })
}

export function scheduleNotFound({ plugin, name }: { plugin: string; name: string }): PluggramError {
  return new PluggramError(
    'command-failed',
    `There is no schedule ${name} of a plugin ${plugin}. "pluggram schedules" lists them.`,
  )
}

/** Those that outlive a restart, the next one first. */
export async function listDurable(scheduler: Scheduler): Promise<readonly ScheduleSummary[]> {
  return (await scheduler.list())
    .filter(({ isDurable }) => isDurable)
    .map(({ plugin, name, when, isPaused, next, last }) => ({
      plugin,
      name,
      when,
      isPaused,
      ...(next && { next: next.toISOString() }),
      ...(last && { last: last.toISOString() }),
    }))
}

/** @returns false when there is no such schedule */
export async function setPaused(
  scheduler: Scheduler,
  { isPaused, ...schedule }: z.infer<typeof pauseSchema>,
): Promise<boolean> {
  const { durable, clock } = scheduler
  const isThere = isPaused
    ? await pauseSchedule(durable, schedule)
    : await resumeSchedule(durable, schedule, clock.now())
  if (isThere) await scheduler.changed(schedule.plugin, schedule.name)
  return isThere
}
