import { definePlugin, errorMessage, isPluggramError, refusalFor, z } from '@pluggram/sdk'
import type {
  AdminService,
  AdminStanding,
  CommandContext,
  MessageContext,
  PluginResult,
  Reply,
  Services,
} from '@pluggram/sdk'
import { decide, peoplePage, pressPeople } from './people-pages.ts'
import type { Place } from './page-place.ts'
import { press } from './plugin-pages.ts'
import { pluginsCommand, setCommand, setValue } from './plugins-command.ts'
import { Questions } from './questions.ts'
import type { AskingReply } from './setting-pages.ts'
import { TEXTS } from './texts.ts'

const config = z.object({
  log_lines: z.int().min(1).max(200).default(20).describe('How many lines /logs and /errors show.'),
})

type Context = CommandContext<z.infer<typeof config>>
type Work = (admin: AdminService, args: string, context: Context) => Promise<AskingReply>

/** Owners manage the assistant by chat. Every command and button checks the role of its user. */
export default definePlugin({
  name: 'admin',
  version: '0.1.0',
  description: 'Manage plugins, people and the log by chat',
  config,
  permissions: { admin: true, telegram: ['deleteMessage'] },
  // first in line, so that no other plugin gets the answer to one of its questions
  priority: 100,
  commands: {
    plugins: {
      role: 'owner',
      description: 'Turn plugins on or off, configure and restart them',
      usage: '/plugins on dice',
      execute: owned((admin, args, { chat }) => pluginsCommand(admin, placeOf(chat), args)),
    },
    set: {
      role: 'owner',
      description: 'Change a plugin setting',
      usage: '/set dice max_dice 20',
      menu: false,
      execute: owned((admin, args, { chat }) => setCommand(admin, placeOf(chat), args)),
    },
    logs: {
      role: 'owner',
      description: 'Show the last lines of the log',
      usage: '/logs 50',
      execute: owned((admin, args, context) => logPage(admin, args, context, false)),
    },
    errors: {
      role: 'owner',
      description: 'Show the last warnings and errors',
      execute: owned((admin, args, context) => logPage(admin, args, context, true)),
    },
    users: { role: 'owner', description: 'Show who may do what', execute: owned(usersPage) },
    trust: {
      role: 'owner',
      description: 'Trust a user',
      usage: '/trust 12345',
      menu: false,
      execute: owned(decision('trusted')),
    },
    allow: {
      role: 'owner',
      description: 'Let in a user or a group',
      usage: '/allow 12345',
      menu: false,
      execute: owned(decision('allowed')),
    },
    block: {
      role: 'owner',
      description: 'Ignore a user or a group',
      usage: '/block 12345',
      menu: false,
      execute: owned(decision('blocked')),
    },
  },
  setup({ services }) {
    const { admin } = services
    if (!admin)
      throw new Error('it runs inside the assistant only; leave plugin_host.plugins.admin.isolation alone')
    const questions = new Questions(services.store)
    return {
      async processMessage(message, context): Promise<PluginResult | undefined> {
        const place = placeOf(context.chat)
        if (!context.callback) {
          const asked = await questions.answeredBy(context)
          if (!asked) return undefined
          if (context.role !== 'owner') return onlyOwners()
          return answer(context, services, () => setValue(admin, place, { ...asked, text: message }))
        }
        if (context.role !== 'owner') return onlyOwners()
        return answer(context, services, async () => {
          const people = place.isGroup ? undefined : await pressPeople(admin, context.user.id, message)
          const page = people ?? (await press(admin, place, message))
          const { asks, ...reply }: AskingReply = page ?? { text: TEXTS.buttonTooOld }
          await questions.note(context, asks)
          return { ...reply, editMessageId: context.message.id }
        })
      },
      getStatus: async () => ({ status: 'active' }),
    }
  },
})

function owned(work: Work): (args: string, context: Context) => Promise<PluginResult> {
  return async (args, context) => {
    const { admin } = context.services
    if (context.role !== 'owner' || !admin) return onlyOwners()
    return answer(context, context.services, () => work(admin, args, context))
  }
}

/**
 * A refusal of the assistant is shown in its own words. Any other error is a bug and goes to the
 * log. A message that contains a secret is deleted from the chat.
 */
async function answer(
  { chat, message, callback }: MessageContext,
  { telegram, logger }: Pick<Services, 'telegram' | 'logger'>,
  work: () => Promise<Reply>,
): Promise<PluginResult> {
  try {
    return { success: true, response: await work() }
  } catch (error) {
    if (!isPluggramError(error)) throw error
    if (error.code !== 'config-secret' || callback) return { success: false, error: errorMessage(error) }
    const isDeleted = await telegram.delete(chat.id, message.id).then(
      () => true,
      (failure: unknown) => {
        logger.warn('a message with a secret could not be deleted', { error: errorMessage(failure) })
        return false
      },
    )
    const advice = isDeleted ? TEXTS.deletedMessageIfOthers : TEXTS.couldNotDeleteMessage
    return { success: false, error: `${errorMessage(error)} ${advice}` }
  }
}

function onlyOwners(): PluginResult {
  return { success: false, error: refusalFor('owner') }
}

function placeOf(chat: MessageContext['chat']): Place {
  return { chatId: chat.id, isGroup: chat.type !== 'private' }
}

async function usersPage(admin: AdminService, _args: string, { chat }: Context): Promise<Reply> {
  // names and ids of people are not for everybody in a group
  return chat.type === 'private' ? peoplePage(admin) : { text: TEXTS.showPeopleOurPrivate }
}

async function logPage(
  admin: AdminService,
  args: string,
  { chat, timeZone, config: { log_lines } }: Context,
  onlyProblems: boolean,
): Promise<Reply> {
  // a log names chats and people, so it is not shown in a group
  if (chat.type !== 'private') return { text: TEXTS.onlyShowLogOur }
  const asked = /^\d{1,3}$/.test(args) ? Number(args) : log_lines
  const lines = await admin.logLines({ count: Math.min(200, Math.max(1, asked)), onlyProblems, timeZone })
  const nothing = onlyProblems ? TEXTS.noWarningsErrorsSince : TEXTS.logEmpty
  return { text: lines.length === 0 ? nothing : lines.join('\n'), format: 'plain' }
}

function decision(standing: AdminStanding): Work {
  return async (admin, args, { chat, user, message }) => {
    const about = await aboutWhom(admin, args, { chat, message })
    return { text: 'id' in about ? await decide(admin, { ...about, by: user.id, standing }) : about.problem }
  }
}

/**
 * Whom a command is about: the id or public name behind it, else the author of the message that it
 * answers, else the group in which it is written.
 */
async function aboutWhom(
  admin: AdminService,
  args: string,
  { chat, message: { replyTo } }: Pick<MessageContext, 'chat' | 'message'>,
): Promise<{ readonly id: number } | { readonly problem: string }> {
  const username = /^@(?<name>\w{4,32})$/.exec(args)?.groups?.['name']?.toLowerCase()
  if (username !== undefined) {
    const party = (await admin.parties()).find((item) => item.username?.toLowerCase() === username)
    return party ?? { problem: TEXTS.unknownName(args) }
  }
  if (args === '' && replyTo) {
    return replyTo.userId === undefined ? { problem: TEXTS.unknownAuthor } : { id: replyTo.userId }
  }
  const id = args === '' && chat.type !== 'private' ? chat.id : Number(args)
  const isId = /^-?\d{1,16}$/.test(args === '' ? String(id) : args)
  return isId && Number.isSafeInteger(id) && id !== 0 ? { id } : { problem: TEXTS.noId }
}
