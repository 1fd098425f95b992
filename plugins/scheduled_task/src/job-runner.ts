import { describeMoment } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import type { ScheduledRun, Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { JobTable } from './job-table.ts'
import { parseTimes } from './parse-times.ts'
import type { Times } from './parse-times.ts'

/** The manifest's schedule that runs a job. */
const RUN = 'run'
const CONFIG_PREFIX = 'config-'
const dataSchema = z.union([
  z.object({ job: z.number(), zone: z.string().optional() }),
  z.object({ config: z.string() }),
])

/** The work of one run. */
interface Work {
  readonly chats: readonly { readonly chatId: number; readonly topicId?: number | undefined }[]
  readonly kind: 'message' | 'prompt'
  readonly text: string
  /** Absent: the assistant's. */
  readonly zone?: string | undefined
}

/** Keeps jobs in the scheduler and runs them. */
export class JobRunner {
  readonly table: JobTable
  readonly #services: Services
  readonly #config: Configuration

  constructor(services: Services, config: Configuration) {
    this.#services = services
    this.#config = config
    this.table = new JobTable(services.database)
  }

  /** Updates the scheduler to match config.json; cancels jobs that were removed there. */
  async takeOverConfiguration(): Promise<void> {
    const { scheduler } = this.#services
    for (const [name, job] of Object.entries(this.#config.jobs)) {
      const data = { config: name }
      await this.plan(CONFIG_PREFIX + name, parseTimes(job.every).times, { zone: job.time_zone, data })
    }
    for (const { name } of await scheduler.list()) {
      const isGone =
        name.startsWith(CONFIG_PREFIX) && !(name.slice(CONFIG_PREFIX.length) in this.#config.jobs)
      if (isGone) await scheduler.cancel(name)
    }
  }

  async plan(
    name: string,
    times: Times,
    { zone, data }: { readonly zone: string | undefined; readonly data: z.input<typeof dataSchema> },
  ): Promise<void> {
    const { scheduler } = this.#services
    const options = { name, missed: 'skip', timeoutSeconds: 300, data } as const
    if (times.kind === 'every') await scheduler.every({ seconds: times.seconds, ...options }, RUN)
    else {
      const own = zone === undefined ? options : { ...options, timeZone: zone }
      await scheduler.cron(times.expression, own, RUN)
    }
  }

  /** The schedule name of a job that was created in a chat. */
  nameOf(id: number): string {
    return `job-${id}`
  }

  /** Runs a due job. The slot is part of the key: a repeated run sends only once. */
  async run({ data, slot, signal }: ScheduledRun): Promise<void> {
    const work = await this.#find(data)
    if (!work) return
    const text = work.kind === 'message' ? work.text : await this.#ask(work, signal)
    const results = await Promise.allSettled(
      work.chats.map(({ chatId, topicId }) =>
        this.#services.telegram.send(
          chatId,
          { text, ...(work.kind === 'prompt' && { format: 'markdown' as const }) },
          {
            key: `${slot}/${chatId}`.slice(0, 200),
            broadcast: work.chats.length > 1,
            ...(topicId !== undefined && { topicId }),
          },
        ),
      ),
    )
    for (const result of results) {
      if (result.status === 'rejected') this.#services.captureException(result.reason, { during: 'a job' })
    }
  }

  async #find(data: unknown): Promise<Work | undefined> {
    const parsed = dataSchema.safeParse(data)
    if (!parsed.success) return undefined
    if ('config' in parsed.data) {
      const job = this.#config.jobs[parsed.data.config]
      if (!job) return undefined
      const chats = job.chats.map((chatId) => ({ chatId }))
      return job.prompt === undefined
        ? { chats, kind: 'message', text: job.message ?? '' }
        : { chats, kind: 'prompt', text: job.prompt, zone: job.time_zone }
    }
    const job = await this.table.find(parsed.data.job)
    if (!job) return undefined
    const { kind, text, chatId, topicId } = job
    return { chats: [{ chatId, topicId }], kind, text, zone: parsed.data.zone }
  }

  async #ask({ text: prompt, chats, zone = ownZone() }: Work, signal: AbortSignal): Promise<string> {
    const [only, ...others] = chats
    const now = `${describeMoment(zone, new Date())} (${zone})`
    const { text } = await this.#services.ai.generateText({
      system: `You write a message that is sent to a chat at a fixed time. Write the message only. It is ${now}.`,
      messages: [{ role: 'user', content: prompt }],
      // the target chat's budget pays; a message to several chats belongs to none of them
      ...(only && others.length === 0 && { for: { chat: { id: only.chatId } } }),
      signal,
    })
    return text
  }
}

/** The assistant's zone, which a plugin process has too. */
function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
