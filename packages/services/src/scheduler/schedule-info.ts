import type { ScheduleInfo } from '@pluggram/sdk'
import type { ScheduleDescriptor } from '@pluggram/sdk/runtime'
import type { ScheduleRecord } from '@pluggram/storage/contracts'
import { createRecord } from './schedule-request.ts'
import { describeTimes } from './schedule-times.ts'

/** A schedule of any plugin, as the owner sees it. */
export interface OwnersSchedule extends ScheduleInfo {
  readonly plugin: string
}

export function toInfo(record: ScheduleRecord, isDurable: boolean): OwnersSchedule {
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

/** The record of a manifest's schedule; `undefined` when it has no times of its own. */
export function toRecord(
  plugin: string,
  schedule: ScheduleDescriptor,
  now: number,
): ScheduleRecord | undefined {
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
