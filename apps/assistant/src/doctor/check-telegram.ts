import { problemPlace } from '@pluggram/config'
import { errorMessage, z } from '@pluggram/sdk'
import { createTelegramApi } from '@pluggram/telegram'
import type { TelegramApi } from '@pluggram/telegram'
import { isSwitchedOn } from '../plugins.ts'
import { databaseFacts } from './database-facts.ts'
import type { DoctorCheck, ExaminedHome } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'

const LIMIT_MS = 4_500
/** A failed delivery is news for this long. */
const RECENT_SECONDS = 3_600
/** More groups would take more than the time there is. */
const MOST_GROUPS = 5

const meSchema = z.object({
  id: z.number(),
  username: z.string().default('the bot'),
  can_join_groups: z.boolean().default(true),
  can_read_all_group_messages: z.boolean().default(true),
})
const webhookSchema = z.object({
  url: z.string().default(''),
  last_error_date: z.number().optional(),
  last_error_message: z.string().default('no reason given'),
  pending_update_count: z.number().default(0),
})

/** An admin sees every message, whatever the privacy mode. */
const adminSchema = z.object({ status: z.enum(['administrator', 'creator']) })

/** The token, the webhook, and what the bot sees in groups. It never calls getUpdates: that would end the poll of an assistant. */
export const telegramCheck: DoctorCheck = {
  name: 'Telegram',
  areas: ['telegram'],
  isNetwork: true,
  async run(home) {
    const { telegram } = home.settings
    if (telegram.botToken === undefined) return []
    const root = new URL(telegram.apiRoot ?? 'https://api.telegram.org')
    if (!(await home.reach.mayAsk(root))) return []
    const ending = new AbortController()
    const api = createTelegramApi({
      token: telegram.botToken,
      proxy: () => home.reach.proxyFor(root),
      signal: ending.signal,
      ...(telegram.apiRoot !== undefined && { apiRoot: telegram.apiRoot }),
    })
    try {
      return await examineBot(api, home, AbortSignal.timeout(LIMIT_MS))
    } catch (error) {
      return [callProblem(error, home)]
    } finally {
      ending.abort()
    }
  },
}

async function examineBot(api: TelegramApi, home: ExaminedHome, signal: AbortSignal): Promise<Problem[]> {
  const [me, webhook] = await Promise.all([
    api.call('getMe', {}, signal).then((answer) => meSchema.parse(answer)),
    api.call('getWebhookInfo', {}, signal).then((answer) => webhookSchema.parse(answer)),
  ])
  return [
    ...webhookProblems(webhook, home),
    ...(await privacyProblems(api, me, home, signal)),
    ...(await groupProblems(api, me, home, signal)),
  ]
}

function callProblem(error: unknown, home: ExaminedHome): Problem {
  const code: unknown = error instanceof Error && 'errorCode' in error ? error.errorCode : undefined
  const where = problemPlace(home.configuration.locate(['telegram', 'bot_token']), home.configuration)
  if (code === 401 || code === 404) {
    return problem('telegram.token-refused', {
      what: 'Telegram does not know the bot token.',
      why: `It answered with ${code}. The token is mistyped, or @BotFather has issued a new one since.`,
      fix: 'Copy the current token from @BotFather (/mybots, API Token) to TELEGRAM_BOT_TOKEN.',
      where,
    })
  }
  return problem('telegram.unreachable', {
    what: 'Telegram does not answer.',
    why: `${errorMessage(error)}.`.replace(/\.\.$/, '.'),
    fix: 'Check the connection of this machine. Where Telegram is blocked, a proxy helps: TELEGRAM_PROXY.',
  })
}

function webhookProblems(webhook: z.infer<typeof webhookSchema>, home: ExaminedHome): Problem[] {
  const { url } = home.settings.telegram.webhook
  const host = URL.parse(webhook.url)?.host ?? webhook.url
  if (webhook.url !== '' && webhook.url !== url) {
    return [
      problem('telegram.webhook-foreign', {
        what: `Telegram delivers the messages of this bot to ${host}.`,
        why:
          url === undefined
            ? 'Another program has set a webhook with this token, or an earlier configuration did.'
            : 'TELEGRAM_WEBHOOK_URL names another address. The next start sets that one.',
        fix: 'Stop the other program, or get a token of its own for it from @BotFather. Starting this assistant removes the webhook.',
      }),
    ]
  }
  const age = Date.now() / 1_000 - (webhook.last_error_date ?? 0)
  if (url === undefined || age > RECENT_SECONDS) return []
  return [
    problem('telegram.webhook-failing', {
      what: `Telegram cannot deliver messages to ${host}; ${webhook.pending_update_count} wait.`,
      why: `Telegram says: ${webhook.last_error_message}.`,
      fix: 'Make that address reachable from the internet, with a certificate that browsers accept. Or remove TELEGRAM_WEBHOOK_URL: then the assistant fetches the messages itself.',
      where: problemPlace(home.configuration.locate(['telegram', 'webhook', 'url']), home.configuration),
    }),
  ]
}

/** In privacy mode Telegram shows a bot only commands, mentions and replies to it. */
async function privacyProblems(
  api: TelegramApi,
  me: z.infer<typeof meSchema>,
  home: ExaminedHome,
  signal: AbortSignal,
): Promise<Problem[]> {
  if (me.can_read_all_group_messages || !isSwitchedOn(home.configuration, 'ai_chatbot')) return []
  const { where, groups: wanted } = groupsThatAnswerAll(home)
  const isAdmin = await Promise.all(
    wanted.map((group) =>
      api.call('getChatMember', { chat_id: Number(group), user_id: me.id }, signal).then(
        (member) => adminSchema.safeParse(member).success,
        () => false,
      ),
    ),
  )
  const groups = wanted.filter((_, index) => !isAdmin[index])
  if (where === undefined && groups.length === 0) return []
  return [
    problem('telegram.privacy-mode', {
      what: `In groups @${me.username} does not see every message, but should answer every one.`,
      why:
        groups.length > 0
          ? `Its privacy mode is on, and "/respond always" holds in ${groups.join(', ')}.`
          : 'Its privacy mode is on, and ai_chatbot is told to answer "always".',
      fix: 'Switch the privacy mode off (@BotFather: /setprivacy, Disable), then remove the bot from each group and add it again. Or make it an admin there. Or choose "/respond when_addressed".',
      ...(where !== undefined && { where }),
    }),
  ]
}

/** Groups in which every message is to be answered, by config.json or by /respond. */
function groupsThatAnswerAll({ configuration, settings, home }: ExaminedHome): {
  readonly where?: string
  readonly groups: readonly string[]
} {
  const { groups, chats } = configuration.plugins.blocks['ai_chatbot'] ?? {}
  const always = z.object({ respond: z.literal('always') })
  const configured = Object.entries(Object(chats) as object).find(
    ([, one]) => always.safeParse(one).success,
  )?.[0]
  const path =
    groups === 'always' ? ['groups'] : configured === undefined ? undefined : ['chats', configured, 'respond']
  const stored = databaseFacts({ home, settings })?.storeOf('ai_chatbot') ?? new Map<string, string>()
  const chosen = [...stored].flatMap(([key, json]) => {
    const id = /^settings:(-\d+)$/.exec(key)?.[1]
    return id !== undefined && always.safeParse(JSON.parse(json)).success ? [id] : []
  })
  return {
    groups: chosen,
    ...(path && {
      where: problemPlace(configuration.locate(['plugins', 'ai_chatbot', ...path]), configuration),
    }),
  }
}

async function groupProblems(
  api: TelegramApi,
  me: z.infer<typeof meSchema>,
  { settings, configuration }: ExaminedHome,
  signal: AbortSignal,
): Promise<Problem[]> {
  const groups = settings.access.allowedGroups
  const where = problemPlace(configuration.locate(['access', 'allowed_groups']), configuration)
  const found = await Promise.all(
    groups.slice(0, MOST_GROUPS).map(async (id) => {
      const code = await api.call('getChat', { chat_id: id }, signal).then(
        () => undefined,
        (error: unknown) => (error instanceof Error && 'errorCode' in error ? error.errorCode : undefined),
      )
      if (code !== 400 && code !== 403) return []
      const fix = me.can_join_groups
        ? `Add @${me.username} to that group, or remove ${id} from access.allowed_groups.`
        : `Allow groups (@BotFather: /setjoingroups, Enable), and add @${me.username} to that group.`
      return [
        problem(`telegram.group-unreachable:${id}`, {
          what: `@${me.username} cannot read the group ${id}.`,
          why: me.can_join_groups ? 'It is not a member, or the id is wrong.' : 'It may not join groups.',
          fix,
          where,
        }),
      ]
    }),
  )
  return found.flat()
}
