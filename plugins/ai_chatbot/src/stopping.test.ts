import { collectText } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import { GROUP, hangingAfter, TestChatbot } from './test-chatbot.ts'

installLeakCheck()

/** Waits until the model has received a request. */
async function asked(bot: TestChatbot): Promise<void> {
  while (bot.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('/stop keeps the words that came, labels them, and ends the request', async () => {
  await using bot = await TestChatbot.start()
  bot.script = (request) => hangingAfter(['Once upon'], request)
  const answer = bot.say('tell me a story')
  await asked(bot)
  expect(await bot.result('/stop')).toEqual({ success: true, response: { reaction: '👌' } })
  expect(await answer).toBe('Once upon\n\n⏹ Stopped.')
  expect(bot.abandoned).toBe(1)
  bot.script = () => ['fine']
  await bot.say('go on')
  expect(bot.lastMessages.slice(0, 2)).toEqual([
    { role: 'user', content: 'tell me a story' },
    { role: 'assistant', content: 'Once upon\n\n[This answer broke off here.]' },
  ])
  expect(bot.reported).toEqual([])
})

test('/stop before the first word ends the answer, and says so in its place', async () => {
  await using bot = await TestChatbot.start()
  bot.script = (request) => hangingAfter([], request)
  const result = bot.result('tell me a story')
  await asked(bot)
  await bot.say('/stop')
  expect(await result).toEqual({ success: true, response: '⏹ Stopped.' })
})

test('/stop with nothing to stop says so, and an ended answer is nothing to stop', async () => {
  await using bot = await TestChatbot.start()
  expect(await bot.say('/stop')).toBe('There is nothing to stop.')
  await bot.say('hello')
  expect(await bot.say('/stop')).toBe('There is nothing to stop.')
})

test('/stop does not reach into another chat', async () => {
  await using bot = await TestChatbot.start()
  bot.script = (request) => hangingAfter(['Once'], request)
  const answer = bot.say('a story')
  await asked(bot)
  expect(await bot.say('/stop', { chat: { id: 5 } })).toBe('There is nothing to stop.')
  await bot.say('/stop')
  expect(await answer).toContain('Stopped')
})

test('in a group the asker and trusted people stop an answer by its button, others do not', async () => {
  await using bot = await TestChatbot.start()
  bot.script = (request) => hangingAfter(['Once'], request)
  for (const stopper of [{ user: { id: 1_001 } }, { user: { id: 9 }, role: 'trusted' as const }]) {
    const result = await bot.result('a story', GROUP)
    const [, data = ''] = /"data":"(stop:[^"]+)"/.exec(JSON.stringify(result)) ?? []
    const reading = collectText(result)
    expect(await bot.press(data, { ...GROUP, user: { id: 9 } })).toMatch(/^error: Only the person who asked/)
    expect(await bot.press(data, { chat: { id: 9 }, role: 'owner' })).toBe('')
    expect(await bot.press(data, { ...GROUP, ...stopper })).toBe('')
    expect(await reading).toBe('Once\n\n⏹ Stopped.')
  }
})
