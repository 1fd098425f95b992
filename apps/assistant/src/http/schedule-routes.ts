import { resumeRecord } from '@pluggram/services'
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
  server.get('/api/schedules', () => ({ schedules: listDurable(scheduler) }))
  server.post('/api/schedules', (request) => {
    const wanted = pauseSchema.parse(request.body)
    if (!setPaused(scheduler, wanted)) throw scheduleNotFound(wanted)
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
export function listDurable(scheduler: Scheduler): readonly ScheduleSummary[] {
  return scheduler
    .list()
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
export function setPaused(
  scheduler: Scheduler,
  { plugin, name, isPaused }: z.infer<typeof pauseSchema>,
): boolean {
  const { durable, clock } = scheduler
  const record = durable.find(plugin, name)
  if (!record) return false
  if (isPaused) durable.setPaused(plugin, name, true, record.nextSlot)
  else resumeRecord(durable, record, clock.now())
  scheduler.changed(plugin, name)
  return true
}
