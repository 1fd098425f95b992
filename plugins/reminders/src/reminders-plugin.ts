import { definePlugin, z } from '@pluggram/sdk'
import type {
  MessageContext,
  PluginDefinition,
  PluginResult,
  Reply,
  ScheduleContext,
  Services,
} from '@pluggram/sdk'
import { cancelReminders, cancelSchema } from './cancel-reminders.ts'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { parseReminder, parseWhen, ReminderError } from './parse-reminder.ts'
import type { ParseOptions } from './parse-reminder.ts'
import { describeMinutes, ReminderBook } from './reminder-book.ts'
import { describeDue, momentWritten } from './moments.ts'
import { describeMoment, findTimeZone } from './time-zone.ts'

const SPOKEN = /^\s*(?:please\s+)?remind me\b/i
const MAX_LISTED = 20
const MAX_WHAT = 1_000

/** Reminds people at the time they name. */
const reminders: PluginDefinition<typeof configuration> = definePlugin({
  name: 'reminders',
  version: '0.1.0',
  description: 'Reminders at the time you choose',
  help: [
    'Write `remind me tomorrow at 9 to water the plants` or `/remind in 20 minutes tea`. `/reminders` lists your reminders,',
    '`/timezone Europe/Berlin` sets your time zone. A reminder has buttons to snooze it.',
  ].join('\n'),
  config: configuration,
  permissions: { database: true },
  patterns: [SPOKEN],
  commands: {
    remind: {
      description: 'Set a reminder, for example /remind tomorrow at 9 to …',
      usage: '/remind tomorrow at 9 to water the plants',
      examples: ['remind me tomorrow at 9 to call Ann', 'set a reminder in ten minutes'],
      execute: (args, context) => answer(() => add(args, context)),
    },
    reminders: {
      description: 'List your reminders',
      examples: ['list my reminders', 'what are my reminders'],
      execute: (_args, context) => list(context),
    },
    timezone: {
      description: 'Set your time zone',
      usage: '/timezone Europe/Berlin',
      execute: (args, context) => setZone(args.trim(), context),
    },
  },
  tools: {
    add_reminder: {
      description: 'Reminds the user of something at a time, by a message in this chat.',
      schema: z.object({
        what: z.string().min(1).max(MAX_WHAT).describe('What to remind of'),
        when: z
          .string()
          .min(1)
          .max(200)
          .describe('In English, in the time of the user: "tomorrow at 9", "2027-01-05 10:00"'),
      }),
      // it only writes to the user who asked, who sees the answer and can remove the reminder
      effect: 'own',
      result: 'own',
      role: 'everyone',
      async execute({ what, when }, context) {
        try {
          const options = await parseOptions(context)
          const due = parseWhen(when, { ...options, language: 'en' })
          await keep({ what, due }, context)
          return { reminded: what, at: describeMoment(options.zone, due), time_zone: options.zone }
        } catch (error) {
          if (error instanceof ReminderError) return { error: error.message }
          throw error
        }
      },
    },
    cancel_reminder: {
      description: 'Cancels (deletes, removes) one reminder of the user, or all of them.',
      schema: cancelSchema,
      effect: 'own',
      result: 'own',
      role: 'everyone',
      async execute(args, context) {
        const { zone } = await parseOptions(context)
        return cancelReminders(args, { book: bookOf(context), userId: context.user.id, zone })
      },
    },
    list_reminders: {
      description: "The user's pending reminders.",
      effect: 'none',
      role: 'everyone',
      async execute(_args, context) {
        const { zone } = await parseOptions(context)
        const waiting = await bookOf(context).table.waitingFor(context.user.id)
        return waiting.map(({ what, due }) => ({ what, at: describeMoment(zone, due) }))
      },
    },
  },
  schedules: {
    deliver: { execute: deliver },
    sweep: {
      every: { seconds: 300 },
      execute: (context) => bookOf(context).sweep(new Date()),
    },
  },
  async setup({ config, services }) {
    const book = new ReminderBook(services, config)
    await book.table.prepare()
    return {
      async forgetUser({ id }) {
        for (const reminder of await book.table.waitingFor(id)) await book.cancel(reminder)
        const count = await book.table.forget(id)
        return count === 0 ? undefined : count === 1 ? 'one reminder' : `${count} reminders`
      },
      processMessage: (message, context) => {
        const whole = { ...context, config, services }
        if (context.callback) return press(message, whole)
        // what others wrote asks for no reminder
        if (context.message.origin !== undefined) return undefined
        return SPOKEN.test(message) ? answer(() => add(message, whole)) : undefined
      },
    }
  },
})
export default reminders

/** What commands, tools and schedules share. */
interface Surroundings {
  readonly config: Configuration
  readonly services: Services
}
type Asked = MessageContext & Surroundings

function bookOf({ services, config }: Surroundings): ReminderBook {
  return new ReminderBook(services, config)
}

async function deliver(context: ScheduleContext<Configuration>): Promise<void> {
  const parsed = z.object({ id: z.number() }).safeParse(context.data)
  if (parsed.success) await bookOf(context).deliver(parsed.data.id)
}

async function answer(work: () => Promise<Reply>): Promise<PluginResult> {
  try {
    return { success: true, response: await work() }
  } catch (error) {
    if (error instanceof ReminderError) return { success: false, error: error.message }
    throw error
  }
}

async function parseOptions(context: Asked): Promise<ParseOptions> {
  const { config, user, message } = context
  const zone = (await bookOf(context).table.zoneOf(user.id)) ?? config.default_time_zone
  return {
    now: momentWritten(message.date, Date.now()),
    zone,
    defaultHour: config.default_hour,
    language: user.languageCode,
  }
}

async function add(text: string, context: Asked): Promise<Reply> {
  const options = await parseOptions(context)
  const parsed = parseReminder(text, options)
  const id = await keep(parsed, context)
  return {
    text: `OK, ${describeDue(parsed.due, options)}: ${parsed.what}`,
    buttons: [[{ text: '✖️ Cancel', data: `cancel:${id}` }]],
  }
}

function keep({ what, due }: { what: string; due: Date }, context: Asked): Promise<number> {
  const { chat, user } = context
  if (user.id === 0) throw new ReminderError('Reminders only work in a chat.')
  return bookOf(context).add({ userId: user.id, chatId: chat.id, topicId: chat.topicId, what, due })
}

async function list(context: Asked): Promise<PluginResult> {
  const { zone } = await parseOptions(context)
  const waiting = await bookOf(context).table.waitingFor(context.user.id)
  // a user's reminders are not for a whole group
  const shown = waiting.filter(({ chatId }) => context.chat.type === 'private' || chatId === context.chat.id)
  if (shown.length === 0) {
    return { success: true, response: 'No reminders yet. Try: remind me tomorrow at 9 to …' }
  }
  const lines = shown
    .slice(0, MAX_LISTED)
    .map(({ what, due }, index) => `${index + 1}. ${describeMoment(zone, due)}: ${what}`)
  if (shown.length > MAX_LISTED) lines.push(`… and ${shown.length - MAX_LISTED} more`)
  const buttons = shown
    .slice(0, MAX_LISTED)
    .map(({ id }, index) => ({ text: `✖️ ${index + 1}`, data: `cancel:${id}` }))
  const rows = Array.from({ length: Math.ceil(buttons.length / 5) }, (_, row) =>
    buttons.slice(row * 5, row * 5 + 5),
  )
  return { success: true, response: { text: lines.join('\n'), buttons: rows } }
}

async function setZone(written: string, context: Asked): Promise<PluginResult> {
  const { table } = bookOf(context)
  if (written === '') {
    const known = (await table.zoneOf(context.user.id)) ?? context.config.default_time_zone
    return { success: true, response: `Your time zone is ${known}. Change it: /timezone Europe/Berlin` }
  }
  const zone = findTimeZone(written)
  if (zone === undefined) {
    return {
      success: false,
      error: `I don't know the time zone “${written.slice(0, 60)}”. Try /timezone Europe/Berlin.`,
    }
  }
  await table.setZone(context.user.id, zone)
  const now = describeMoment(zone, context.message.date)
  return {
    success: true,
    response: `Your time zone is ${zone}; it is ${now} there. Existing reminders won't move.`,
  }
}

async function press(data: string, context: Asked): Promise<PluginResult> {
  const [action, id, minutes] = data.split(':')
  const book = bookOf(context)
  const reminder = await book.table.findOwn(Number(id), context.user.id)
  if (!reminder) return { success: false, error: 'That reminder no longer exists, or it is not yours.' }
  const edit = (text: string): PluginResult => ({
    success: true,
    response: { text, editMessageId: context.message.id },
  })
  if (action === 'cancel') {
    await book.cancel(reminder)
    return edit(`✖️ Cancelled: ${reminder.what}`)
  }
  if (action === 'done') {
    await book.table.close(reminder.id, 'sent')
    return edit(`✅ ${reminder.what}`)
  }
  const delay = Number(minutes)
  if (action !== 'snooze' || !context.config.snooze_minutes.includes(delay)) {
    return { success: false, error: 'This button is too old.' }
  }
  await book.putOff(reminder, new Date(Date.now() + delay * 60_000))
  return edit(`💤 ${reminder.what} (again in ${describeMinutes(delay)})`)
}
