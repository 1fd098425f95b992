import { isPluggramError, z } from '@pluggram/sdk'
import type { PluginDefinition, Role, ToolContext } from '@pluggram/sdk'
import { addJob, describeNext, runnerOf, seesAll, zoneOf } from './add-job.ts'
import type { Configuration, configuration } from './configuration.ts'
import { parseTimes, TimesError } from './parse-times.ts'
import { TEXTS } from './texts.ts'

type Context = ToolContext<Configuration>
type Tools = NonNullable<
  ReturnType<NonNullable<PluginDefinition<typeof configuration>['configure']>>['tools']
>

const ACTIONS = { pause: 'pause', resume: 'resume', run: 'runNow' } as const

const add = z.object({
  every: z
    .string()
    .min(1)
    .max(100)
    .describe('When: "weekday 9:00", "day 18:00", "monday and friday 17:30", "2 hours"'),
  text: z.string().min(1).max(4_000).describe('What to send'),
  write: z
    .enum(['as_is', 'by_model'])
    .optional()
    .describe('"by_model": the text is an order, and the answer of the model is sent'),
})

const change = z.object({
  number: z.int().min(1).describe('The number of the job in the list of jobs'),
  action: z.enum(['pause', 'resume', 'run', 'delete']),
})

/** The tools around scheduled messages, for whoever may make them. */
export function jobTools(role: Role): Tools {
  return {
    add_job: {
      description:
        'Sends a message to this chat again and again, at fixed times. Only for messages to the chat; what one person wants to be reminded of is a reminder.',
      schema: add,
      role,
      effect: 'own',
      result: 'own',
      execute: (args, context) => inWords(context, () => addForModel(args as z.infer<typeof add>, context)),
    },
    list_jobs: {
      description: 'The scheduled messages of this chat (jobs), with their numbers and times.',
      role,
      effect: 'none',
      execute: (_args, context) => inWords(context, () => list(context)),
    },
    change_job: {
      description: 'Pauses, resumes, deletes or runs one scheduled message (job) of this chat now.',
      schema: change,
      role,
      effect: 'own',
      result: 'own',
      execute: (args, context) =>
        inWords(context, () => changeForModel(args as z.infer<typeof change>, context)),
    },
  }
}

async function inWords(context: Context, work: () => Promise<unknown>): Promise<unknown> {
  if (context.chat.id === 0) return { error: TEXTS.jobsOnlyWorkChat }
  try {
    return await work()
  } catch (error) {
    const isKnown =
      error instanceof TimesError || (isPluggramError(error) && error.code === 'schedule-invalid')
    if (isKnown) return { error: error.message }
    throw error
  }
}

async function addForModel({ every, text, write }: z.infer<typeof add>, context: Context): Promise<unknown> {
  const { times, words, rest } = parseTimes(every)
  if (rest !== '') throw new TimesError(TEXTS.notPartOfTime(rest.slice(0, 60)))
  const kind = write === 'by_model' ? 'prompt' : 'message'
  const { id, next } = await addJob({ times, words, kind, text: text.trim() }, context)
  const zone = zoneOf(context)
  return { job: id, every: words, time_zone: zone, next: describeNext(next, zone) }
}

async function list(context: Context): Promise<unknown> {
  const runner = runnerOf(context)
  const schedules = new Map((await context.services.scheduler.list()).map((info) => [info.name, info]))
  const jobs = await runner.table.all()
  return jobs
    .filter(({ chatId }) => seesAll(context) || chatId === context.chat.id)
    .map(({ id, words, text }) => ({
      job: id,
      every: words,
      text: text.slice(0, 200),
      next: describeNext(schedules.get(runner.nameOf(id)), zoneOf(context)),
    }))
}

async function changeForModel(
  { number, action }: z.infer<typeof change>,
  context: Context,
): Promise<unknown> {
  const runner = runnerOf(context)
  const job = await runner.table.find(number)
  if (!job || (job.chatId !== context.chat.id && !seesAll(context))) {
    return { error: TEXTS.noJob(number) }
  }
  const { scheduler } = context.services
  const name = runner.nameOf(job.id)
  if (action === 'delete') {
    await scheduler.cancel(name)
    await runner.table.remove(job.id)
    return TEXTS.deletedJob(number)
  }
  const isDone = await scheduler[ACTIONS[action]](name)
  return isDone ? TEXTS.jobDone[action](number) : { error: TEXTS.jobCannotDoNow(number) }
}
