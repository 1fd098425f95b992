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
export type Asked = Pick<MessageContext, 'chat' | 'user' | 'role'> & Surroundings

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
  try {
    await runner.plan(name, times, { zone: config.time_zone, data: { job: id } })
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

export function describeNext(info: ScheduleInfo | undefined, { time_zone: timeZone }: Configuration): string {
  if (info?.isPaused === true) return 'paused'
  if (!info?.next) return 'not planned'
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(info.next)
}
