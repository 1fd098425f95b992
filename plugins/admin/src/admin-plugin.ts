import { definePlugin, errorMessage, isPluggramError, z } from '@pluggram/sdk'
import type {
  AdminService,
  AdminStanding,
  CommandContext,
  MessageContext,
  PluginResult,
  Reply,
} from '@pluggram/sdk'
import { decide, peoplePage, pressPeople } from './people-pages.ts'
import { listPage, press } from './plugin-pages.ts'
import type { Place } from './plugin-pages.ts'

const config = z.object({
  log_lines: z.int().min(1).max(200).default(20).describe('How many lines /logs and /errors show.'),
})

type Context = CommandContext<z.infer<typeof config>>
type Work = (admin: AdminService, args: string, context: Context) => Promise<Reply>

/** Owners manage the assistant by chat. Every command and every button asks for the role of whoever uses it. */
export default definePlugin({
  name: 'admin',
  version: '0.1.0',
  description: 'Owners manage the assistant by chat: plugins, people, the log.',
  config,
  permissions: { admin: true },
  commands: {
    plugins: {
      description: 'Plugins: switch, configure, restart; in a group, what is on there',
      execute: owned((admin, _args, { chat }) => listPage(admin, placeOf(chat))),
    },
    set: {
      description: 'Set a key of a plugin',
      usage: '/set dice max_dice 20',
      menu: false,
      execute: owned(setKey),
    },
    logs: {
      description: 'The last lines of the log',
      usage: '/logs 50',
      execute: owned((admin, args, context) => logPage(admin, args, context, false)),
    },
    errors: {
      description: 'The last warnings and errors',
      execute: owned((admin, args, context) => logPage(admin, args, context, true)),
    },
    users: { description: 'Who may do what', execute: owned((admin) => peoplePage(admin)) },
    trust: {
      description: 'Trust a user',
      usage: '/trust 12345',
      menu: false,
      execute: owned(decision('trusted')),
    },
    allow: {
      description: 'Let a user or a group in',
      usage: '/allow 12345',
      menu: false,
      execute: owned(decision('allowed')),
    },
    block: {
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
    return {
      async processMessage(message, context): Promise<PluginResult | undefined> {
        if (!context.callback) return undefined
        if (context.role !== 'owner') return onlyOwners()
        return answer(async () => {
          const page =
            (await pressPeople(admin, context.user.id, message)) ??
            (await press(admin, placeOf(context.chat), message))
          return { ...(page ?? { text: 'This button is too old.' }), editMessageId: context.message.id }
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
    return answer(() => work(admin, args, context))
  }
}

/** What the assistant refuses is told in its own words; anything else is a mistake, and goes to the log. */
async function answer(work: () => Promise<Reply>): Promise<PluginResult> {
  try {
    return { success: true, response: await work() }
  } catch (error) {
    if (isPluggramError(error)) return { success: false, error: errorMessage(error) }
    throw error
  }
}

function onlyOwners(): PluginResult {
  return { success: false, error: 'Only an owner of this assistant may do that.' }
}

function placeOf(chat: MessageContext['chat']): Place {
  return { chatId: chat.id, isGroup: chat.type !== 'private' }
}

async function setKey(admin: AdminService, args: string): Promise<Reply> {
  const match = /^(?<plugin>\S+)\s+(?<key>\S+)\s+(?<value>[\s\S]+)$/.exec(args)?.groups
  const { plugin, key, value } = match ?? {}
  if (plugin === undefined || key === undefined || value === undefined) {
    return { text: 'Write it like this: /set PLUGIN KEY VALUE. /plugins shows the keys.' }
  }
  await admin.changeSetting(plugin, key, value)
  return { text: `${plugin}.${key} is set.` }
}

async function logPage(
  admin: AdminService,
  args: string,
  { chat, config: { log_lines } }: Context,
  onlyProblems: boolean,
): Promise<Reply> {
  // a log names chats and people: it is nothing for a group
  if (chat.type !== 'private') return { text: 'I show the log in our private chat only.' }
  const asked = /^\d{1,3}$/.test(args) ? Number(args) : log_lines
  const lines = await admin.logLines({ count: Math.min(200, Math.max(1, asked)), onlyProblems })
  const nothing = onlyProblems ? 'There were no warnings and no errors since the start.' : 'The log is empty.'
  return { text: lines.length === 0 ? nothing : lines.join('\n'), format: 'plain' }
}

function decision(standing: AdminStanding): Work {
  return async (admin, args, { chat, user }) => {
    // inside a group, and without an id, it is about the group
    const id = args === '' && chat.type !== 'private' ? chat.id : Number(args)
    if (!/^-?\d{1,16}$/.test(args === '' ? String(id) : args) || !Number.isSafeInteger(id) || id === 0) {
      return { text: 'Write the id of a user or group behind it: /users shows who wrote lately.' }
    }
    return { text: await decide(admin, { id, by: user.id, standing }) }
  }
}
