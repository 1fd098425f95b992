import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMethodStage } from '../testing/method-stage.ts'
import type { MethodStage } from '../testing/method-stage.ts'

let stage: MethodStage

beforeEach(async () => {
  stage = await openMethodStage()
})

afterEach(async () => {
  await stage.emulator.close()
})

describe('chats and profile', () => {
  it('tell about chats and members', async () => {
    expect(await stage.result('getChat', { chat_id: stage.chatId })).toMatchObject({
      type: 'private',
      first_name: 'Ada',
      username: 'ada_l',
    })
    expect(await stage.result('getChatMemberCount', { chat_id: stage.groupId })).toBe(2)
    expect(
      (await stage.result('getChatMember', { chat_id: stage.groupId, user_id: stage.chatId })).status,
    ).toBe('creator')
    expect(
      (await stage.result('getChatMember', { chat_id: stage.groupId, user_id: stage.emulator.bot.id }))
        .status,
    ).toBe('member')
    expect(await stage.result('getChatAdministrators', { chat_id: stage.groupId })).toHaveLength(1)
    expect(await stage.refusal('getChatAdministrators', { chat_id: stage.chatId })).toContain(
      'there are no administrators',
    )
    expect(await stage.refusal('getChatMember', { chat_id: stage.groupId, user_id: 5 })).toBe(
      '400 Bad Request: user not found',
    )
  })

  it('pin and unpin, and leave', async () => {
    const { message_id } = await stage.result('sendMessage', { chat_id: stage.chatId, text: 'x' })
    await stage.result('pinChatMessage', { chat_id: stage.chatId, message_id })
    expect((await stage.result('getChat', { chat_id: stage.chatId })).pinned_message.message_id).toBe(
      message_id,
    )
    await stage.result('unpinChatMessage', { chat_id: stage.chatId })
    expect(await stage.refusal('unpinChatMessage', { chat_id: stage.chatId })).toBe(
      '400 Bad Request: message to unpin not found',
    )
    expect(await stage.refusal('pinChatMessage', { chat_id: stage.groupId, message_id })).toContain(
      'not enough rights',
    )
    await stage.result('leaveChat', { chat_id: stage.groupId })
    expect(await stage.refusal('sendMessage', { chat_id: stage.groupId, text: 'x' })).toBe(
      '403 Forbidden: bot is not a member of the group chat',
    )
  })

  it('remember commands by scope and language, and texts by language', async () => {
    const commands = [{ command: 'start', description: 'Begin' }]
    await stage.result('setMyCommands', { commands })
    await stage.result('setMyCommands', {
      commands: [{ command: 'los', description: 'Los' }],
      language_code: 'de',
    })
    expect(await stage.result('getMyCommands')).toEqual(commands)
    expect(await stage.result('getMyCommands', { scope: { type: 'all_group_chats' } })).toEqual([])
    expect(stage.emulator.driver.state().commands).toEqual(commands)
    await stage.result('deleteMyCommands')
    expect(await stage.result('getMyCommands')).toEqual([])
    expect(
      await stage.refusal('setMyCommands', { commands: [{ command: 'Bad Name', description: 'x' }] }),
    ).toBe('400 Bad Request: BOT_COMMAND_INVALID')
    await stage.result('setMyDescription', { description: 'Hi' })
    expect(await stage.result('getMyDescription', { language_code: 'fr' })).toEqual({ description: 'Hi' })
  })
})
