import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMethodStage, png } from '../testing/method-stage.ts'
import type { MethodStage } from '../testing/method-stage.ts'

let stage: MethodStage

beforeEach(async () => {
  stage = await openMethodStage()
})

afterEach(async () => {
  await stage.emulator.close()
})

describe('editing', () => {
  it('changes text and keyboard, and refuses what changes nothing', async () => {
    const reply_markup = { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] }
    const { message_id } = await stage.result('sendMessage', {
      chat_id: stage.chatId,
      text: 'one',
      reply_markup,
    })
    const target = { chat_id: stage.chatId, message_id }
    expect(await stage.refusal('editMessageText', { ...target, text: 'one', reply_markup })).toMatch(
      /^400 Bad Request: message is not modified: /,
    )
    const edited = await stage.result('editMessageText', { ...target, text: 'two' })
    expect(edited).toMatchObject({ text: 'two', edit_date: expect.any(Number) })
    expect(edited).not.toHaveProperty('reply_markup')
    expect((await stage.result('editMessageReplyMarkup', { ...target, reply_markup })).reply_markup).toEqual(
      reply_markup,
    )
    expect(stage.emulator.driver.transcript(stage.chatId)).toMatchObject([
      { text: 'two', buttons: [[{ data: 'a' }]] },
    ])
  })

  it('reaches only messages of the bot that have what is edited', async () => {
    const own = stage.emulator.driver.sendMessage(stage.chatId, { userId: stage.chatId, text: 'mine' })
    const { message_id } = await stage.result('sendMessage', { chat_id: stage.chatId, text: 'x' })
    expect(
      await stage.refusal('editMessageText', { chat_id: stage.chatId, message_id: own.id, text: 'y' }),
    ).toBe("400 Bad Request: message can't be edited")
    expect(
      await stage.refusal('editMessageText', { chat_id: stage.chatId, message_id: 999, text: 'y' }),
    ).toBe('400 Bad Request: message to edit not found')
    expect(await stage.refusal('editMessageText', { chat_id: stage.chatId, text: 'y' })).toBe(
      '400 Bad Request: message identifier is not specified',
    )
    expect(
      await stage.refusal('editMessageCaption', { chat_id: stage.chatId, message_id, caption: 'y' }),
    ).toBe('400 Bad Request: there is no caption in the message to edit')
  })

  it('changes captions and media', async () => {
    const sent = await stage.upload(
      'sendPhoto',
      { chat_id: String(stage.chatId), caption: 'a' },
      { photo: png() },
    )
    const target = { chat_id: stage.chatId, message_id: sent.result.message_id }
    expect(await stage.refusal('editMessageText', { ...target, text: 'x' })).toBe(
      '400 Bad Request: there is no text in the message to edit',
    )
    expect((await stage.result('editMessageCaption', { ...target, caption: 'b' })).caption).toBe('b')
    const media = JSON.stringify({ type: 'document', media: 'attach://new' })
    const edited = await stage.upload(
      'editMessageMedia',
      { chat_id: String(stage.chatId), message_id: String(target.message_id), media },
      { new: png() },
    )
    expect(edited.result).toHaveProperty('document')
    expect(edited.result).not.toHaveProperty('photo')
  })
})
