import { DeliveryError } from '@pluggram/sdk'
import type { PluginResponse, TelegramService } from '@pluggram/sdk'
import type { PostRequest } from '@pluggram/sdk/runtime'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { JSON_PARAMS } from './call-params.ts'
import { createTelegramService } from './telegram-service.ts'
import { TOUCHES } from './touched-messages.ts'

interface Setup {
  readonly service: TelegramService
  readonly posts: PostRequest[]
  readonly calls: { method: string; params: unknown }[]
  readonly refused: string[]
}

function setUp(
  options: {
    telegram?: string[]
    answeredIn?: number[]
    listed?: number[]
    authors?: Record<string, string>
    result?: object
  } = {},
): Setup {
  const posts: PostRequest[] = []
  const calls: { method: string; params: unknown }[] = []
  const refused: string[] = []
  const authors = new Map(Object.entries(options.authors ?? {}))
  const service = createTelegramService({
    plugin: 'feeds',
    permissions: { telegram: options.telegram ?? [] },
    connection: () => ({
      async post(request) {
        posts.push(request)
        return { sent: Promise.resolve([{ id: 5, chatId: request.chat.id }]) }
      },
      async call(method, params) {
        calls.push({ method, params })
        return options.result ?? { ok: true }
      },
    }),
    messages: {
      answersTo: async () => [],
      authorOf: async (chatId, messageId) => authors.get(`${chatId}/${messageId}`),
      async noteSent(plugin, messages) {
        for (const sent of messages) authors.set(`${sent.chatId}/${sent.id}`, plugin)
      },
    },
    sign: (chatId, data) => `signed for ${chatId}: ${data}`,
    chats: { has: (_plugin, chatId) => (options.answeredIn ?? []).includes(chatId) },
    listedChats: () => options.listed ?? [],
    parseReply: (reply) => reply as PluginResponse,
    onRefused: (message) => refused.push(message),
  })
  return { service, posts, calls, refused }
}

const messageNotOwn = expect.objectContaining({ code: 'message-not-own' })
const permissionMissing = expect.objectContaining({ code: 'permission-missing' })
const replyInvalid = expect.objectContaining({ code: 'reply-invalid' })

test('a plugin writes to chats in which it has answered, and to those its owner lists', async () => {
  const { service, posts } = setUp({ answeredIn: [7], listed: [-100] })
  expect(await service.send(7, 'hello')).toEqual([{ id: 5, chatId: 7 }])
  await service.send(-100, [{ text: 'a' }, 'b'], { topicId: 3, key: 'daily', broadcast: true })
  expect(posts).toEqual([
    { plugin: 'feeds', chat: { id: 7, type: 'private' }, replies: [{ text: 'hello' }], isBroadcast: false },
    {
      plugin: 'feeds',
      chat: { id: -100, type: 'supergroup', topicId: 3 },
      replies: [{ text: 'a' }, { text: 'b' }],
      isBroadcast: true,
      key: 'daily',
    },
  ])
})

test('other chats are refused by a message that says what to do, and the owner finds it in the log', async () => {
  const { service, posts, refused } = setUp({ answeredIn: [7] })
  await expect(service.send(8, 'hello')).rejects.toEqual(permissionMissing)
  await expect(service.edit(8, 1, 'hello')).rejects.toEqual(permissionMissing)
  expect(posts).toEqual([])
  expect(refused[0]).toContain('plugin_host.plugins.feeds.chats')
})

test('with sendMessage granted it writes everywhere', async () => {
  const { service, posts } = setUp({ telegram: ['sendMessage'] })
  await service.send(8, 'hello')
  expect(posts).toHaveLength(1)
})

test('an edit names the message', async () => {
  const { service, posts } = setUp({ answeredIn: [7] })
  await service.edit(7, 12, { text: 'new', format: 'markdown' })
  expect(posts[0]?.replies).toEqual([{ text: 'new', format: 'markdown', editMessageId: 12 }])
})

test('methods need to be granted by name, in whatever case they are written', async () => {
  const { service, calls } = setUp({ telegram: ['pinChatMessage'], answeredIn: [7] })
  await service.call('pinchatmessage', { chat_id: 7, message_id: 1 })
  expect(calls).toEqual([{ method: 'pinchatmessage', params: { chat_id: 7, message_id: 1 } }])
  await expect(service.call('banChatMember', { chat_id: 7, user_id: 1 })).rejects.toEqual(permissionMissing)
  await expect(service.delete(7, 1)).rejects.toEqual(permissionMissing)
})

test.each(['getUpdates', 'SETWEBHOOK', 'deleteWebhook', 'logOut', 'close', 'getWebhookInfo'])(
  '%s stays the assistant’s own, even when it was granted',
  async (method) => {
    const { service, calls } = setUp({ telegram: [method] })
    await expect(service.call(method)).rejects.toEqual(permissionMissing)
    expect(calls).toEqual([])
  },
)

test.each([
  ['chat_id', { chat_id: 8 }],
  ['from_chat_id', { chat_id: 7, from_chat_id: 8 }],
  ['a public name', { chat_id: '@somebody' }],
  ['a nested chat', { chat_id: 7, reply_parameters: { chat_id: 8 } }],
  ['a file of the server', { chat_id: 7, document: ' file:///etc/passwd' }],
])('a call cannot reach elsewhere by %s', async (_name, params) => {
  const { service, calls } = setUp({ telegram: ['copyMessage'], answeredIn: [7] })
  await expect(service.call('copyMessage', params)).rejects.toEqual(permissionMissing)
  expect(calls).toEqual([])
})

test('what is no chat, option or parameter is refused before anything is sent', async () => {
  const { service, posts, calls } = setUp({ telegram: ['sendMessage', 'getMe'] })
  const send = service.send as (...args: unknown[]) => Promise<unknown>
  await expect(send('7', 'x')).rejects.toEqual(replyInvalid)
  await expect(send(7, 'x', { key: '' })).rejects.toEqual(replyInvalid)
  await expect(send(7, 'x', { speed: 9 })).rejects.toEqual(replyInvalid)
  await expect(send(7, { reaction: '👍' })).rejects.toBeInstanceOf(DeliveryError)
  await expect(service.call('getMe', { big: 1n })).rejects.toEqual(replyInvalid)
  expect([posts, calls]).toEqual([[], []])
})

describe('a call that names a message', () => {
  const authors = { '7/1': 'feeds', '7/2': 'admin', '7/3': '' }
  const telegram = ['editMessageText', 'deleteMessage', 'deleteMessages', 'pinChatMessage', 'sendMessage']

  test.each([
    ['editMessageText', { chat_id: 7, message_id: 2 }],
    ['editMessageText', { chat_id: 7, message_id: 3 }],
    ['editMessageText', { chat_id: 7, message_id: 4 }],
    ['EDITmessageTEXT', { chat_id: '7', message_id: '2' }],
    ['editMessageText', { chat_id: '@channel', message_id: 1 }],
    ['editMessageText', { chat_id: 7, message_id: 1, business_connection_id: 'b' }],
    ['editMessageText', { inline_message_id: 'i', chat_id: 7, message_id: 1 }],
    ['editMessageText', { chat_id: 7 }],
    ['deleteMessage', { chat_id: 7, message_id: 2 }],
    ['deleteMessages', { chat_id: 7, message_ids: [1, 2] }],
    ['deleteMessages', { chat_id: 7, message_ids: ' [1,2]' }],
    ['pinChatMessage', { chat_id: 7, message_id: 3 }],
  ])('is refused for one of somebody else: %s %j', async (method, params) => {
    const { service, calls } = setUp({ telegram, authors })
    await expect(service.call(method, params)).rejects.toEqual(messageNotOwn)
    expect(calls).toEqual([])
  })

  test.each(['2x', '+2', ' 2', 2.5, 2 ** 32 + 2, -1, 0, [2], true, ''])(
    'is refused when Telegram might read another id: %j',
    async (messageId) => {
      const { service } = setUp({ telegram, authors })
      const params = { chat_id: 7, message_id: messageId }
      await expect(service.call('deleteMessage', params)).rejects.toEqual(replyInvalid)
    },
  )

  test('is made for the own ones, those that a call sent, and what people wrote where that is possible', async () => {
    const { service, calls } = setUp({ telegram, authors, result: { message_id: 9, chat: { id: 7 } } })
    await service.call('editMessageText', { chat_id: 7, message_id: 1 })
    await service.call('deleteMessage', { chat_id: 7, message_id: 4 })
    await service.call('sendMessage', { chat_id: 7, text: 'x' })
    await service.call('editMessageText', { chat_id: 7, message_id: 9 })
    expect(calls).toHaveLength(4)
  })
})

describe('buttons of a call', () => {
  const rows = (button: object): object => ({ inline_keyboard: [[{ text: 'A', ...button }]] })

  test('are signed for its chat, wherever they are and however they are written', async () => {
    const { service, calls } = setUp({ telegram: ['sendMessage'] })
    const markup = rows({ callback_data: 'go' })
    const signed = rows({ callback_data: 'signed for 7: go' })
    await service.call('sendMessage', { chat_id: 7, reply_markup: markup })
    await service.call('sendMessage', { chat_id: '7', reply_markup: ` ${JSON.stringify(markup)}` })
    await service.call('sendMessage', { chat_id: 7, rich_message: JSON.stringify({ blocks: [markup] }) })
    expect(calls.map(({ params }) => params)).toEqual([
      { chat_id: 7, reply_markup: signed },
      { chat_id: 7, reply_markup: signed },
      { chat_id: 7, rich_message: { blocks: [signed] } },
    ])
  })

  test('are refused where they could be hidden in the text of a rich message', async () => {
    const { service, calls } = setUp({ telegram: ['sendRichMessage', 'answerInlineQuery', 'sendMessage'] })
    const html = '<tg-button-row><tg-button callback_data="jGl2:w:1:owner">Go</tg-button></tg-button-row>'
    const rich = [{ html }, { markdown: html }, JSON.stringify({ html })]
    for (const rich_message of rich) {
      const params = { chat_id: 7, rich_message }
      await expect(service.call('sendRichMessage', params)).rejects.toEqual(permissionMissing)
    }
    const results = [{ input_message_content: { rich_message: { html } } }]
    await expect(service.call('answerInlineQuery', { results })).rejects.toEqual(permissionMissing)
    await service.call('sendRichMessage', { chat_id: 7, rich_message: { blocks: [] } })
    expect(calls).toHaveLength(1)
  })

  test('are refused when the chat is not known', async () => {
    const { service } = setUp({ telegram: ['sendMessage', 'answerInlineQuery'] })
    const reply_markup = rows({ callback_data: 'go' })
    for (const params of [{ chat_id: '@channel', reply_markup }, { results: [{ reply_markup }] }]) {
      await expect(service.call('answerInlineQuery', params)).rejects.toEqual(replyInvalid)
    }
  })

  test('a parameter that no method has is refused, whatever its case', async () => {
    const { service } = setUp({ telegram: ['sendMessage'] })
    await expect(service.call('sendMessage', { chat_id: 7, Reply_Markup: {} })).rejects.toEqual(replyInvalid)
  })
})

describe('the lists of the Bot API are complete', () => {
  interface Schema {
    readonly $ref?: string
    readonly type?: string | readonly string[]
    readonly anyOf?: readonly Schema[]
    readonly properties?: Readonly<Record<string, Schema>>
  }
  const file = new URL('../../../bot-api-emulator/src/generated/bot-api-schemas.json', import.meta.url)
  const { methods, definitions } = JSON.parse(readFileSync(file, 'utf8')) as {
    methods: Record<string, { params?: Schema }>
    definitions: Record<string, Schema>
  }
  const resolve = ({ $ref, ...schema }: Schema): Schema =>
    $ref === undefined ? schema : resolve(definitions[decodeURIComponent($ref.split('/').at(-1) ?? '')] ?? {})
  const isNested = (schema: Schema, depth = 6): boolean => {
    const { type = [], anyOf = [], properties } = resolve(schema)
    if (properties || [type].flat().some((name) => name === 'object' || name === 'array')) return true
    return depth > 0 && anyOf.some((one) => isNested(one, depth - 1))
  }
  const all = Object.entries(methods).map(
    ([name, { params }]) => [name, Object.entries(resolve(params ?? {}).properties ?? {})] as const,
  )

  test('every method that names a message says what it does to it', () => {
    const naming = all.filter(([, params]) =>
      params.some(([name]) => /^(?:ephemeral_)?message_ids?$|^inline_message_id$/.test(name)),
    )
    expect(naming.length).toBeGreaterThan(25)
    expect(naming.map(([name]) => name.toLowerCase()).toSorted()).toEqual(Object.keys(TOUCHES).toSorted())
  })

  test('every parameter that is an object or a list is read as one', () => {
    const nested = all.flatMap(([, params]) =>
      params.filter(([, schema]) => isNested(schema)).map(([name]) => name),
    )
    expect([...new Set(nested)].toSorted()).toEqual([...JSON_PARAMS].toSorted())
  })
})
