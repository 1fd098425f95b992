import { DeliveryError, PluggramError } from '@pluggram/sdk'
import type { Chat, PluginPermissions, PluginResponse, Reply, TelegramService } from '@pluggram/sdk'
import type { BotApiCaller, PluginChats, PostOffice, SentMessages } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import { plainParams } from './call-params.ts'
import { createChatGuard } from './chat-guard.ts'
import type { ChatGuard } from './chat-guard.ts'
import { createMethodGuard } from './granted-methods.ts'
import type { MethodGuard } from './granted-methods.ts'
import { signMarkup } from './sign-markup.ts'
import type { SignButtonData } from './sign-markup.ts'
import { checkTouched, sentBy } from './touched-messages.ts'

export interface TelegramServiceOptions {
  readonly plugin: string
  readonly permissions: PluginPermissions | undefined
  /** Throws `PluggramError` while the assistant is not connected yet. */
  connection(): PostOffice & BotApiCaller
  readonly chats: Pick<PluginChats, 'has'>
  /** Which plugin sent which message. */
  readonly messages: SentMessages
  readonly sign: SignButtonData
  /** Chats that the owner has listed for the plugin. */
  listedChats(): readonly number[]
  /** Parses the plugin's reply; throws `PluggramError` `reply-invalid`. */
  parseReply(reply: unknown): PluginResponse
  /** Called for each refusal. */
  onRefused(message: string): void
}

const CALL_MS = 30_000
const MAX_PARAMS_CHARACTERS = 1_048_576

const id = z.int()
const sendOptions = z
  .strictObject({
    topicId: id.positive().optional(),
    broadcast: z.boolean().optional(),
    key: z.string().min(1).max(200).optional(),
    until: z.enum(['sent', 'kept']).optional(),
  })
  .prefault({})

/** Creates the `telegram` service of one plugin. */
export function createTelegramService(options: TelegramServiceOptions): TelegramService {
  const { plugin, permissions, connection } = options
  const methods = createMethodGuard(plugin, permissions?.telegram ?? [])
  const guard = createChatGuard({
    plugin,
    mayWriteAnywhere: methods.has('sendMessage'),
    chats: options.chats,
    listedChats: () => options.listedChats(),
  })

  const send: TelegramService['send'] = async (chatId, reply, given) => {
    const {
      topicId,
      broadcast = false,
      key,
      until,
    } = parse(sendOptions, given, 'the options of telegram.send')
    const chat = toChat(parse(id, chatId, 'chatId'), topicId)
    guard.check(chat.id)
    const { sent } = await connection().post({
      plugin,
      chat,
      replies: toReplies(options.parseReply(reply)),
      isBroadcast: broadcast,
      ...(key !== undefined && { key }),
    })
    return (until ?? (broadcast ? 'kept' : 'sent')) === 'sent' ? sent : []
  }

  const edit: TelegramService['edit'] = async (chatId, messageId, reply) => {
    const chat = toChat(parse(id, chatId, 'chatId'))
    guard.check(chat.id)
    const editMessageId = parse(id.positive(), messageId, 'messageId')
    const replies = toReplies(options.parseReply(reply)).map((one) => ({ ...one, editMessageId }))
    const { sent } = await connection().post({ plugin, chat, replies, isBroadcast: false })
    await sent
  }

  const call = createCall(options, { methods, guard })

  return {
    send: (...args) => told(() => send(...args)),
    edit: (...args) => told(() => edit(...args)),
    delete: (chatId, messageId) =>
      told(async () => {
        await call('deleteMessage', {
          chat_id: parse(id, chatId, 'chatId'),
          message_id: parse(id.positive(), messageId, 'messageId'),
        })
      }),
    call: (...args) => told(() => call(...args)),
  }

  /** Logs every refusal, so that the owner sees what a plugin tries. */
  async function told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof PluggramError && error.code === 'permission-missing')
        options.onRefused(error.message)
      throw error
    }
  }

  function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    const reason = parsed.error.issues[0]?.message ?? 'it cannot be used'
    throw new DeliveryError('reply-invalid', `Plugin ${plugin}: ${what}: ${reason}.`)
  }
}

/** Calls a granted method: checks what it names, signs its buttons and records what it sent. */
function createCall(
  { plugin, messages, sign, connection }: TelegramServiceOptions,
  { methods, guard }: { readonly methods: MethodGuard; readonly guard: ChatGuard },
): TelegramService['call'] {
  return async (method, params = {}) => {
    methods.check(method)
    const plain = plainParams(plugin, parseParams(plugin, method, params))
    guard.checkParams(plain)
    await checkTouched({ plugin, method, params: plain }, messages)
    const signed = await signMarkup(plugin, plain, sign)
    const result = await connection().call(method, signed, AbortSignal.timeout(CALL_MS))
    const sent = sentBy(plain, result)
    if (sent.length > 0) await messages.noteSent(plugin, sent)
    return result
  }
}

/** Copies parameters as JSON, so that nothing else reaches the client. */
function parseParams(plugin: string, method: string, params: unknown): Record<string, unknown> {
  const text = toJson(params)
  if (text === undefined || text.length > MAX_PARAMS_CHARACTERS || !text.startsWith('{')) {
    throw new DeliveryError(
      'reply-invalid',
      `Plugin ${plugin}: the parameters of ${method} must be an object that JSON can hold, 1 MiB at most. Send files with telegram.send.`,
    )
  }
  return JSON.parse(text) as Record<string, unknown>
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** Ids of groups, supergroups and channels are negative (Bot API: Chat). */
function toChat(chatId: number, topicId?: number): Chat {
  return {
    id: chatId,
    type: chatId < 0 ? 'supergroup' : 'private',
    ...(topicId !== undefined && { topicId }),
  }
}

function toReplies(response: PluginResponse): Reply[] {
  if (typeof response === 'string' || Symbol.asyncIterator in response) return [{ text: response }]
  const items = (Array.isArray(response) ? response : [response]) as readonly (string | Reply)[]
  return items.map((item) => {
    if (typeof item === 'string') return { text: item }
    if (item.reaction === undefined) return item
    throw new DeliveryError(
      'reply-invalid',
      "A reaction belongs to a message: use telegram.call('setMessageReaction', …).",
    )
  })
}
