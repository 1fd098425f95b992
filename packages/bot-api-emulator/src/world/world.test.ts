import { describe, expect, it } from 'vitest'
import { createBotApiEmulator } from '../create-bot-api-emulator.ts'
import { botApiClient } from '../testing/bot-api-client.ts'
import { FileStore } from './file-store.ts'

describe('memory', () => {
  it('holds the latest messages of a chat and the latest calls', async () => {
    const emulator = await createBotApiEmulator({ limits: { messagesPerChat: 3, recordedCalls: 2 } })
    try {
      const call = botApiClient(emulator)
      const { id } = emulator.driver.createUser({ firstName: 'Ada' })
      for (const text of ['1', '2', '3', '4']) await call('sendMessage', { chat_id: id, text })
      expect(emulator.driver.transcript(id).map(({ text }) => text)).toEqual(['2', '3', '4'])
      expect(emulator.calls().map(({ params }) => params['text'])).toEqual(['3', '4'])
    } finally {
      await emulator.close()
    }
  })

  it('lets the oldest files go, but never the newest', () => {
    const files = new FileStore(10)
    const add = (size: number): string =>
      files.createId(
        files.add({
          bytes: Buffer.alloc(size),
          fileName: 'x',
          mimeType: 'x/y',
          folder: 'documents',
          details: {},
        }),
      )
    const [a, b, c] = [add(4), add(4), add(4)]
    expect([a, b, c].map((id) => files.byId(id) !== undefined)).toEqual([false, true, true])
    const huge = add(99)
    expect([b, c, huge].map((id) => files.byId(id) !== undefined)).toEqual([false, false, true])
  })
})

describe('group privacy', () => {
  it('shows the bot only what is meant for it, when on', async () => {
    const emulator = await createBotApiEmulator({ bot: { username: 'shy_bot', groupPrivacy: true } })
    try {
      const call = botApiClient(emulator)
      const { id } = emulator.driver.createUser({ firstName: 'Ada' })
      const group = emulator.driver.createChat({ type: 'group', title: 'T', memberIds: [id] }).id
      const { result } = await call('sendMessage', { chat_id: group, text: 'me' })
      const say = (text: string, replyToMessageId?: number): void => {
        emulator.driver.sendMessage(group, {
          userId: id,
          text,
          ...(replyToMessageId && { replyToMessageId }),
        })
      }
      say('among us')
      say('/all')
      say('/mine@shy_bot')
      say('/yours@other_bot')
      say('hey @Shy_Bot')
      say('answer', result.message_id)
      const updates: { message?: { text: string } }[] = (await call('getUpdates')).result
      expect(updates.flatMap(({ message }) => message?.text ?? [])).toEqual([
        '/all',
        '/mine@shy_bot',
        'hey @Shy_Bot',
        'answer',
      ])
      expect((await call('getMe')).result.can_read_all_group_messages).toBe(false)
    } finally {
      await emulator.close()
    }
  })
})
