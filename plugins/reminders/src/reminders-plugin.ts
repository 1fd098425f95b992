import { definePlugin, z } from '@pluggram/sdk'
import type { PluginDefinition, ScheduleContext } from '@pluggram/sdk'
import { cancelReminders, cancelSchema } from './cancel-reminders.ts'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { bookOf, parseOptions } from './options.ts'
import { ReminderDesk } from './reminder-desk.ts'
import { addForModel, addSchema, listForModel, moveForModel, moveSchema } from './reminder-tools.ts'

/** Reminds people at the time they name, once or again and again. */
const reminders: PluginDefinition<typeof configuration> = definePlugin({
  name: 'reminders',
  version: '0.1.0',
  description: 'Reminders at the time you choose',
  help: [
    'Write `remind me tomorrow at 9 to water the plants`, `/remind in 20 minutes tea` or `/remind every weekday at 9 stand-up`.',
    'When the time is missing, I ask. `/reminders` lists your reminders, Times are in your time zone: `/timezone Berlin` sets it.',
    'A reminder has buttons to snooze it.',
  ].join('\n'),
  config: configuration,
  permissions: { database: true },
  // an answer to a question is for nobody else; an open form comes first
  priority: 40,
  commands: {
    remind: {
      description: 'Set a reminder, for example /remind tomorrow at 9 to …',
      usage: '/remind tomorrow at 9 to water the plants',
      examples: ['remind me tomorrow at 9 to call Ann', 'set a reminder in ten minutes'],
    },
    reminders: {
      description: 'List your reminders',
      examples: ['list my reminders', 'what are my reminders'],
    },
  },
  tools: {
    add_reminder: {
      description:
        'Reminds the user of something by a message in this chat, once or again and again (every day, every weekday).',
      schema: addSchema,
      // it only writes to the user who asked, who sees the answer and can remove the reminder
      effect: 'own',
      result: 'own',
      role: 'everyone',
      execute: (args, context) => addForModel(args, context),
    },
    move_reminder: {
      description:
        'Moves (changes, reschedules, postpones) a reminder of the user to another time. Without number and words it is the one added last.',
      schema: moveSchema,
      effect: 'own',
      result: 'own',
      role: 'everyone',
      execute: (args, context) => moveForModel(args, context),
    },
    cancel_reminder: {
      description: 'Cancels (deletes, removes) one reminder of the user, or all of them.',
      schema: cancelSchema,
      effect: 'own',
      result: 'own',
      role: 'everyone',
      async execute(args, context) {
        const { zone } = parseOptions(context)
        return cancelReminders(args, { book: bookOf(context), userId: context.user.id, zone })
      },
    },
    list_reminders: {
      description: "The user's pending reminders.",
      effect: 'none',
      role: 'everyone',
      execute: (_args, context) => listForModel(context),
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
    const desk = new ReminderDesk({ config, services })
    await desk.open()
    return {
      forgetUser: ({ id }) => desk.forgetUser(id),
      processMessage: (message, context) => desk.handle(message, context),
    }
  },
})
export default reminders

async function deliver(context: ScheduleContext<Configuration>): Promise<void> {
  const parsed = z.object({ id: z.number() }).safeParse(context.data)
  if (parsed.success) await bookOf(context).deliver(parsed.data.id)
}
