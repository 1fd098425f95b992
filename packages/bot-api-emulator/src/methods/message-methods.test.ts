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

describe('deleting, copying and reacting', () => {
  it('deletes what is there', async () => {
    const { message_id } = await stage.result('sendMessage', { chat_id: stage.chatId, text: 'x' })
    await stage.result('deleteMessage', { chat_id: stage.chatId, message_id })
    expect(await stage.refusal('deleteMessage', { chat_id: stage.chatId, message_id })).toBe(
      '400 Bad Request: message to delete not found',
    )
    const two = await stage.result('sendMessage', { chat_id: stage.chatId, text: 'y' })
    await stage.result('deleteMessages', { chat_id: stage.chatId, message_ids: [two.message_id, 999] })
    expect(stage.emulator.driver.transcript(stage.chatId)).toEqual([])
  })

  it("deletes others' messages in groups only as an administrator", async () => {
    const message = stage.emulator.driver.sendMessage(stage.groupId, { userId: stage.chatId, text: 'x' })
    const target = { chat_id: stage.groupId, message_id: message.id }
    expect(await stage.refusal('deleteMessage', target)).toBe("400 Bad Request: message can't be deleted")
    stage.emulator.control.promoteBot(stage.groupId)
    await stage.result('deleteMessage', target)
    expect(stage.emulator.driver.transcript(stage.groupId)).toEqual([])
  })

  it('forwards with the origin and copies without it', async () => {
    const { id } = stage.emulator.driver.sendMessage(stage.chatId, { userId: stage.chatId, text: 'x' })
    const params = { chat_id: stage.groupId, from_chat_id: stage.chatId }
    const forwarded = await stage.result('forwardMessage', { ...params, message_id: id })
    expect(forwarded).toMatchObject({
      text: 'x',
      forward_origin: { type: 'user', sender_user: { id: stage.chatId } },
    })
    await stage.result('copyMessage', { ...params, message_id: id })
    expect(await stage.result('copyMessages', { ...params, message_ids: [id, id + 50] })).toHaveLength(1)
    expect(await stage.refusal('forwardMessages', { ...params, message_ids: [2, 1] })).toContain(
      'strictly increasing',
    )
    expect(await stage.refusal('forwardMessage', { ...params, message_id: 99 })).toBe(
      '400 Bad Request: message to forward not found',
    )
    expect(stage.emulator.driver.transcript(stage.groupId).map(({ text }) => text)).toEqual(['x', 'x', 'x'])
  })

  it('reacts with one known emoji', async () => {
    const { id } = stage.emulator.driver.sendMessage(stage.chatId, { userId: stage.chatId, text: 'x' })
    const target = { chat_id: stage.chatId, message_id: id }
    await stage.result('setMessageReaction', { ...target, reaction: [{ type: 'emoji', emoji: '👍' }] })
    expect(stage.emulator.driver.transcript(stage.chatId)[0]?.reactions).toEqual([
      { emoji: '👍', userId: stage.emulator.bot.id },
    ])
    expect(
      await stage.refusal('setMessageReaction', { ...target, reaction: [{ type: 'emoji', emoji: 'x' }] }),
    ).toContain('parameter "reaction[0]')
    await stage.result('setMessageReaction', { ...target, reaction: [] })
    expect(stage.emulator.driver.transcript(stage.chatId)[0]?.reactions).toEqual([])
  })

  it('answers a callback query once', async () => {
    const reply_markup = { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] }
    const { message_id } = await stage.result('sendMessage', {
      chat_id: stage.chatId,
      text: 'x',
      reply_markup,
    })
    const { queryId } = stage.emulator.driver.pressButton(stage.chatId, message_id, {
      userId: stage.chatId,
      row: 0,
      column: 0,
    })
    await stage.result('answerCallbackQuery', { callback_query_id: queryId })
    expect(await stage.refusal('answerCallbackQuery', { callback_query_id: queryId })).toBe(
      '400 Bad Request: query is too old and response timeout expired or query ID is invalid',
    )
  })
})
