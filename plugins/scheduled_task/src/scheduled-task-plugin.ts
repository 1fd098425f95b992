import { definePlugin, hasRole, isPluggramError, refusalFor } from '@pluggram/sdk'
import type { MessageContext, PluginDefinition, PluginResult, ScheduleInfo } from '@pluggram/sdk'
import { addJob, describeNext, runnerOf, seesAll, zoneOf } from './add-job.ts'
import type { Surroundings } from './add-job.ts'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { JobRunner } from './job-runner.ts'
import type { Job } from './job-table.ts'
import { jobTools } from './job-tools.ts'
import { parseTimes, TimesError } from './parse-times.ts'
import { TEXTS } from './texts.ts'

const PROMPT = /^(?:ai|ask|prompt)\s*:\s*/i
const MAX_LISTED = 10
const ACTIONS = { p: 'pause', r: 'resume', n: 'runNow' } as const

type Asked = MessageContext & Surroundings

/** Sends messages and answers to AI prompts at set times. */
const scheduledTask: PluginDefinition<typeof configuration> = definePlugin({
  name: 'scheduled_task',
  version: '0.1.0',
  description: 'Scheduled messages and AI answers',
  help: [
    'Write `/every weekday 9:00 Stand-up!`, `/every monday and friday 17:30 …`, `/every 2 hours …`, or',
    '`/every day 8:00 ai: a fact about birds` for an answer of the model. `/jobs` lists, pauses, runs and deletes.',
  ].join('\n'),
  config: configuration,
  configure: ({ role }) => ({ tools: jobTools(role) }),
  permissions: { database: true, ai: true, telegram: ['sendMessage'] },
  commands: {
    every: {
      description: 'Send something regularly: /every weekday 9:00 …',
      usage: '/every weekday 9:00 Stand-up!',
      examples: ['send a message every day', 'schedule a message'],
      execute: (args, context) => guarded(context, () => add(args, context)),
    },
    jobs: {
      description: 'List scheduled messages',
      examples: ['list scheduled messages', 'show the jobs'],
      execute: (_args, context) => guarded(context, () => list(context)),
    },
  },
  schedules: {
    run: { execute: (context) => runnerOf(context).run(context) },
  },
  async setup({ config, services }) {
    const runner = new JobRunner(services, config)
    await runner.table.prepare()
    await runner.takeOverConfiguration()
    return {
      processMessage: (data, context) =>
        context.callback
          ? guarded(context, () => press(data, { ...context, config, services }), config)
          : undefined,
    }
  },
})
export default scheduledTask

/** Jobs write to chats unasked, so not everybody may create them. */
async function guarded(
  context: MessageContext & { readonly config?: Configuration },
  work: () => Promise<PluginResult>,
  config: Configuration | undefined = context.config,
): Promise<PluginResult> {
  if (!hasRole(context.role, config?.role ?? 'owner')) {
    return { success: false, error: refusalFor(config?.role ?? 'owner') }
  }
  try {
    return await work()
  } catch (error) {
    if (error instanceof TimesError) return { success: false, error: error.message }
    if (isPluggramError(error) && error.code === 'schedule-invalid')
      return { success: false, error: error.message }
    throw error
  }
}

async function add(args: string, context: Asked): Promise<PluginResult> {
  const zone = zoneOf(context)
  const { times, words, rest } = parseTimes(args)
  const kind = PROMPT.test(rest) ? 'prompt' : 'message'
  const text = rest.replace(PROMPT, '').trim()
  const { id, next } = await addJob({ times, words, kind, text }, context)
  return {
    success: true,
    response: {
      text: TEXTS.everySend(
        words,
        zone,
        kind === 'prompt' ? ' an answer to' : '',
        text,
        describeNext(next, zone),
      ),
      buttons: [
        [
          { text: TEXTS.now, data: `n:${id}` },
          { text: TEXTS.delete, data: `d:${id}` },
        ],
      ],
    },
  }
}

async function list(context: Asked): Promise<PluginResult> {
  const { config, services, chat } = context
  const runner = runnerOf(context)
  const zone = zoneOf(context)
  const schedules = new Map((await services.scheduler.list()).map((info) => [info.name, info]))
  const isWhole = seesAll(context)
  const own = (await runner.table.all()).filter((job) => isWhole || job.chatId === chat.id)
  const fixed = isWhole ? Object.entries(config.jobs) : []
  if (own.length === 0 && fixed.length === 0) {
    return { success: true, response: TEXTS.noJobsWriteEvery }
  }
  const lines = [
    ...own.slice(0, MAX_LISTED).map((job) => describeJob(job, schedules.get(runner.nameOf(job.id)), zone)),
    ...fixed.map(
      ([name, job]) =>
        `${name} (config.json): every ${job.every} – ${describeNext(schedules.get(`config-${name}`), zone)}`,
    ),
  ]
  if (own.length > MAX_LISTED) lines.push(`… and ${own.length - MAX_LISTED} more`)
  const buttons = own.slice(0, MAX_LISTED).map(({ id }) => {
    const isPaused = schedules.get(runner.nameOf(id))?.isPaused === true
    return [
      isPaused ? { text: TEXTS.continueJob(id), data: `r:${id}` } : { text: `⏸ ${id}`, data: `p:${id}` },
      { text: `▶️ ${id}`, data: `n:${id}` },
      { text: `🗑 ${id}`, data: `d:${id}` },
    ]
  })
  return { success: true, response: { text: lines.join('\n'), buttons } }
}

function describeJob({ id, words, kind, text }: Job, info: ScheduleInfo | undefined, zone: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text
  return `${id}. every ${words}${kind === 'prompt' ? ' (AI)' : ''}: ${shown} – ${describeNext(info, zone)}`
}

async function press(data: string, context: Asked): Promise<PluginResult> {
  const { services, chat } = context
  const runner = runnerOf(context)
  const [action = '', number] = data.split(':')
  const job = await runner.table.find(Number(number))
  if (!job || (job.chatId !== chat.id && !seesAll(context)))
    return { success: false, error: TEXTS.jobNoLongerExists }
  const name = runner.nameOf(job.id)
  if (action === 'd') {
    await services.scheduler.cancel(name)
    await runner.table.remove(job.id)
    return {
      success: true,
      response: TEXTS.deletedEvery(job.words, job.text.slice(0, 60).toWellFormed()),
    }
  }
  if (action !== 'p' && action !== 'r' && action !== 'n') return { success: false, error: TEXTS.buttonTooOld }
  const isDone = await services.scheduler[ACTIONS[action]](name)
  if (!isDone) return { success: false, error: TEXTS.didNotWorkJob }
  return { success: true, response: { p: TEXTS.paused, r: TEXTS.resumed, n: TEXTS.runningNow }[action] }
}
