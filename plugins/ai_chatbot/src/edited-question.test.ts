import { collectText } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import { failingAfter, GROUP, TestChatbot, unavailable } from './test-chatbot.ts'

installLeakCheck()

const edit = { id: 500, isEdited: true }

test('an edited question is asked without its first words, and its answer replaces the old one', async () => {
  await using bot = await TestChatbot.start()
  await bot.say('first', { id: 499 })
  await bot.say('blue?', { id: 500 })
  const result = await bot.result('green?', edit)
  expect(result).toMatchObject({ response: { replacesAnswerTo: 500 } })
  await collectText(result)
  expect(bot.lastMessages.map(({ content }) => content)).toEqual(['first', 'You said “first”.', 'green?'])
  expect(bot.lastRequest.system).not.toContain('edited')
  expect(bot.stored()).not.toContain('blue')
  // Telegram tells of edits that change nothing
  expect(await bot.say('green?', edit)).toBeUndefined()
})

test('what tools did for the first words is known, and not to be done twice', async () => {
  await using bot = await TestChatbot.start()
  bot.hasActed = true
  await bot.say('remind me at five', { id: 500 })
  bot.hasActed = false
  for (const text of ['remind me at six', 'remind me at seven']) {
    await bot.say(text, edit)
    expect(bot.lastMessages).toHaveLength(3)
    expect(bot.lastRequest.system).toContain('do not do it a second time')
  }
  expect(bot.stored()).not.toMatch(/five|six/)
  await bot.say('thanks')
  expect(bot.lastRequest.system).not.toContain('a second time')
})

test('an edit by somebody else, of a command or where nothing is answered is not taken', async () => {
  await using bot = await TestChatbot.start({ config: { groups: 'always' } })
  await bot.say('in a group', { ...GROUP, id: 500 })
  const { length } = bot.requests
  expect(await bot.say('changed', { ...GROUP, ...edit, user: { id: 2 } })).toBeUndefined()
  expect(await bot.say('/new', { ...GROUP, ...edit })).toBeUndefined()
  expect(await bot.say('changed', { ...GROUP, id: 501, isEdited: true })).toBeUndefined()
  expect(await bot.say('/respond never', { ...GROUP, role: 'owner' })).toBeDefined()
  expect(await bot.say('changed', { ...GROUP, ...edit })).toBeUndefined()
  expect(bot.requests).toHaveLength(length)
})

test('an album whose answer failed is asked about with all its pictures, after an edit and with a late part', async () => {
  const JPEG = Buffer.from('\xff\xd8\xff\xd9'.padEnd(40, '\0'), 'latin1')
  const pictures = ['a', 'b', 'c'].map(
    (fileId) => ({ kind: 'photo', fileId, width: 20, height: 10 }) as const,
  )
  const album = { albumId: 'one', files: { a: JPEG, b: JPEG, c: JPEG } }
  await using bot = await TestChatbot.start({
    ai: { model: async () => ({ id: 'test:eyes', isDemo: false, takes: ['images'] }) },
  })
  const files = (): number | undefined => bot.lastRequest.messages.at(-1)?.files?.length
  const whole = { ...album, id: 500, parts: [500, 501], attachments: pictures.slice(0, 2) }
  bot.script = () => failingAfter([], unavailable())
  await bot.say('Which?', whole)
  bot.script = () => ['That one.']
  await bot.say('Which one?', { ...album, id: 501, isEdited: true, attachments: pictures.slice(1, 2) })
  expect(files()).toBe(2)

  const other = { ...whole, albumId: 'two', id: 600, parts: [600, 601] }
  bot.script = () => failingAfter([], unavailable())
  await bot.say('And these?', other)
  bot.script = () => ['None.']
  await bot.say('', { ...album, albumId: 'two', id: 602, parts: [602], attachments: pictures.slice(2) })
  expect(files()).toBe(3)
  expect(bot.lastRequest.messages.at(-1)?.content).toContain('And these?')
})
