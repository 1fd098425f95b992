import { describeMoment } from '@pluggram/plugin-kit'
import type { MessageContext, ScheduleInfo, Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { JobRunner } from './job-runner.ts'
import type { Job } from './job-table.ts'
import { TimesError } from './parse-times.ts'
import type { Times } from './parse-times.ts'
import { TEXTS } from './texts.ts'

const MAX_TEXT = 4_000

/** What commands, buttons and tools share. */
export interface Surroundings {
  readonly config: Configuration
  readonly services: Services
}
export type Asked = Pick<MessageContext, 'chat' | 'user' | 'role' | 'timeZone'> & Surroundings

export function runnerOf({ services, config }: Surroundings): JobRunner {
  return new JobRunner(services, config)
}

/** What to send, and when. */
export interface NewJob extends Pick<Job, 'words' | 'kind' | 'text'> {
  readonly times: Times
}

/**
 * Keeps a job and plans its first run.
 * @throws TimesError
 */
export async function addJob(
  { times, words, kind, text }: NewJob,
  context: Asked,
): Promise<{ readonly id: number; readonly next: ScheduleInfo | undefined }> {
  const { config, chat, user, services } = context
  if (text === '') throw new TimesError(TEXTS.whatShouldSendAdd)
  if (text.length > MAX_TEXT) throw new TimesError(TEXTS.tooLong(MAX_TEXT))
  const runner = runnerOf(context)
  const jobs = await runner.table.all()
  if (jobs.length >= config.max_jobs) {
    throw new TimesError(TEXTS.tooManyJobs(jobs.length))
  }
  const id = await runner.table.add({ chatId: chat.id, topicId: chat.topicId, words, kind, text }, user.id)
  const name = runner.nameOf(id)
  const zone = zoneOf(context)
  try {
    await runner.plan(name, times, { zone, data: { job: id, zone } })
  } catch (error) {
    await runner.table.remove(id)
    throw error
  }
  const next = (await services.scheduler.list()).find((schedule) => schedule.name === name)
  return { id, next }
}

/** In the private chat an owner sees and changes all jobs; elsewhere people see the chat's own. */
export function seesAll({ chat, role }: Asked): boolean {
  return chat.type === 'private' && role === 'owner'
}

/** A job of a group keeps the group's time, any other its writer's. */
export function zoneOf({ chat, timeZone }: Asked): string {
  return chat.timeZone ?? timeZone
}

export function describeNext(info: ScheduleInfo | undefined, zone: string): string {
  if (info?.isPaused === true) return 'paused'
  return info?.next ? describeMoment(zone, info.next) : 'not planned'
}
