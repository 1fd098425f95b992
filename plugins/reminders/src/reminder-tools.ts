import { describeMoment } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import type { ToolContext } from '@pluggram/sdk'
import { meantReminders } from './cancel-reminders.ts'
import type { Configuration } from './configuration.ts'
import { bookOf, parseOptions } from './options.ts'
import { parseWhen, ReminderError } from './parse-reminder.ts'
import type { Due, ParseOptions } from './parse-reminder.ts'
import type { Reminder } from './reminder-table.ts'
import { ANSWERS } from './answer-texts.ts'
import { say, TEXTS } from './texts.ts'
import { describeRepeat } from './time/describe-repeat.ts'
import { nextTime } from './time/repeat.ts'
import { momentOf, wallTimeOf } from './time/time-zone.ts'

type Context = ToolContext<Configuration>

const MAX_WHAT = 1_000
const when = z.string().min(1).max(200)

export const addSchema = z.object({
  what: z.string().min(1).max(MAX_WHAT).describe('What to remind of'),
  when: when.describe(
    'In English, in the time of the user: "tomorrow at 9", "2027-01-05 10:00", "every weekday at 9", "every 2 weeks on Monday at 9"',
  ),
})

export const moveSchema = z.object({
  when: when.describe('The new time, in English: "6 pm", "tomorrow at 9", "every day at 8"'),
  number: z.int().min(1).max(1_000).optional().describe('Its number in the list of reminders'),
  words: z.string().max(200).optional().describe('Some words of the reminder'),
})

export async function addForModel(args: z.infer<typeof addSchema>, context: Context): Promise<unknown> {
  if (context.user.id === 0) return { error: ANSWERS.onlyInChats }
  return inWords(async () => {
    const options = { ...parseOptions(context), language: 'en' }
    const { due, repeat, isTomorrow } = parseWhen(args.when, options)
    const { chat, user } = context
    await bookOf(context).add({
      userId: user.id,
      chatId: chat.id,
      topicId: chat.topicId,
      what: args.what,
      due,
      repeat,
      language: user.languageCode,
    })
    return {
      reminded: args.what,
      at: describeMoment(options.zone, due),
      ...(repeat && { repeats: describeRepeat(repeat) }),
      ...(isTomorrow && { note: TEXTS.isTomorrow.en }),
      time_zone: options.zone,
    }
  })
}

/**
 * Moves the reminder that is meant, else the one added last. The answer has no words of a reminder:
 * they may come from elsewhere.
 */
export async function moveForModel(args: z.infer<typeof moveSchema>, context: Context): Promise<unknown> {
  return inWords(async () => {
    const book = bookOf(context)
    const waiting = await book.table.waitingFor(context.user.id)
    if (waiting.length === 0) return ANSWERS.noReminders
    const meant = meantReminders(waiting, args)
    const isNamed = args.number !== undefined || args.words !== undefined
    const [reminder] = isNamed ? meant : meant.toSorted((one, other) => other.id - one.id)
    if (!reminder || (isNamed && meant.length > 1)) {
      return ANSWERS.whichMove(waiting.length)
    }
    const options = { ...parseOptions(context), language: 'en' }
    const { due, repeat } = newTime(reminder, parseWhen(args.when, options), options)
    await book.move(reminder, due, repeat)
    const from = describeMoment(options.zone, reminder.due)
    return ANSWERS.moved(from, describeMoment(options.zone, due), repeat ? describeRepeat(repeat) : '')
  })
}

/** “6 pm” keeps the day of a reminder, and the days of one that repeats. */
function newTime(
  { due: before, repeat: own }: Reminder,
  asked: Due,
  { now, zone }: ParseOptions,
): Pick<Due, 'due' | 'repeat'> {
  if (!asked.isTimeOnly)
    return { due: asked.due, ...((asked.repeat ?? own) && { repeat: asked.repeat ?? own }) }
  const { hour, minute } = wallTimeOf(zone, asked.due)
  if (own && own.rule.unit !== 'minutes') {
    const repeat = { ...own, rule: { ...own.rule, hour, minute }, from: Math.min(own.from, now.getTime()) }
    const due = nextTime(repeat, now)
    if (due) return { due, repeat }
  }
  const due = momentOf(zone, { ...wallTimeOf(zone, before), hour, minute })
  return { due: due > now ? due : asked.due, ...(own && { repeat: own }) }
}

export async function listForModel(context: Context): Promise<unknown> {
  const { zone } = parseOptions(context)
  const waiting = await bookOf(context).table.waitingFor(context.user.id)
  return waiting.map(({ what, due, repeat }, index) => ({
    number: index + 1,
    what,
    at: describeMoment(zone, due),
    ...(repeat && { repeats: describeRepeat(repeat) }),
  }))
}

async function inWords(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ReminderError)
      return { error: say(TEXTS.problems[error.problem], 'en', { said: error.said }) }
    throw error
  }
}
