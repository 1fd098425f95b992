import { DeliveryError } from '@pluggram/sdk'
import type { PluginResponse, TelegramService } from '@pluggram/sdk'
import type { PostRequest } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { createTelegramService } from './telegram-service.ts'

interface Setup {
  readonly service: TelegramService
  readonly posts: PostRequest[]
  readonly calls: { method: string; params: unknown }[]
  readonly refused: string[]
}

function setUp(options: { telegram?: string[]; answeredIn?: number[]; listed?: number[] } = {}): Setup {
  const posts: PostRequest[] = []
  const calls: { method: string; params: unknown }[] = []
  const refused: string[] = []
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
        return { ok: true }
      },
    }),
    chats: { has: (_plugin, chatId) => (options.answeredIn ?? []).includes(chatId) },
    listedChats: () => options.listed ?? [],
    parseReply: (reply) => reply as PluginResponse,
    onRefused: (message) => refused.push(message),
  })
  return { service, posts, calls, refused }
}

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
