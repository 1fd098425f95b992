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

describe('other contents', () => {
  it.each([
    ['sendLocation', { latitude: 1.5, longitude: 2 }, { kind: 'location', latitude: 1.5 }],
    [
      'sendVenue',
      { latitude: 1, longitude: 2, title: 'T', address: 'A' },
      { kind: 'location', label: 'T, A' },
    ],
    ['sendContact', { phone_number: '+1', first_name: 'Bo' }, { kind: 'contact', label: 'Bo +1' }],
    ['sendPoll', { question: 'Q?', options: ['a', { text: 'b' }] }, { kind: 'poll', label: 'Q?\n• a\n• b' }],
  ])('of %s show in the transcript', async (method, params, attachment) => {
    await stage.result(method, { chat_id: stage.chatId, ...params })
    expect(stage.emulator.driver.transcript(stage.chatId).at(-1)?.attachments).toMatchObject([attachment])
  })

  it('of dice show their value, and a poll can be closed once', async () => {
    const dice = (await stage.result('sendDice', { chat_id: stage.chatId, emoji: '🎰' })).dice
    expect(dice.value).toBeGreaterThanOrEqual(1)
    expect(stage.emulator.driver.transcript(stage.chatId).at(-1)?.text).toBe(`🎰 ${dice.value}`)
    const poll = await stage.result('sendPoll', {
      chat_id: stage.chatId,
      question: 'Q?',
      options: [{ text: 'a' }],
    })
    const target = { chat_id: stage.chatId, message_id: poll.message_id }
    expect((await stage.result('stopPoll', target)).is_closed).toBe(true)
    expect(await stage.refusal('stopPoll', target)).toBe('400 Bad Request: poll has already been closed')
  })
})
