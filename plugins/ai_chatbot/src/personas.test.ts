import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import { GROUP, TestChatbot } from './test-chatbot.ts'

installLeakCheck()

const CONFIG = {
  system_prompt: 'Be plain.',
  personas: {
    pirate: { prompt: 'Talk like a pirate.', description: 'arr' },
    teacher: { prompt: 'Teach patiently.' },
  },
  chats: { '-5': { persona: 'teacher', respond: 'always' }, '-6': { respond: 'never' } },
}
const OWNER = { role: 'owner' } as const

async function behaviour(bot: TestChatbot, message = {}): Promise<string> {
  await bot.say('hello', message)
  return bot.lastRequest.system?.split('\n')[0] ?? ''
}

test('a persona is chosen by name, by own words, and taken back, for that chat only', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  expect(await behaviour(bot)).toBe('Be plain.')
  expect(await bot.say('/persona pirate', OWNER)).toContain('“pirate”')
  expect(await behaviour(bot)).toBe('Talk like a pirate.')
  await bot.say('/persona You are a butler.', { role: 'trusted' })
  expect(await behaviour(bot)).toBe('You are a butler.')
  expect(await bot.say('/persona')).toContain('● custom – You are a butler.')
  expect(await behaviour(bot, { chat: { id: 5 } })).toBe('Be plain.')
  await bot.say('/persona default', OWNER)
  expect(await behaviour(bot)).toBe('Be plain.')
})

test('a name that does not exist is no persona of its own', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  expect(await bot.say('/persona pirat', OWNER)).toMatch(
    /^error: There is no style “pirat”\. Choose from default, .*pirate/,
  )
  expect(await bot.say('/persona', OWNER)).toContain('● default')
})

test('the configuration gives a chat its persona, which a command replaces', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  expect(await behaviour(bot, GROUP)).toBe('Teach patiently.')
  await bot.say('/persona default', { ...GROUP, ...OWNER })
  expect(await behaviour(bot, GROUP)).toBe('Be plain.')
})

test('the buttons of the list choose, for those who may', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  const list = JSON.stringify(await bot.result('/persona', OWNER))
  expect(list).toContain('"data":"persona:pirate"')
  expect(await bot.press('persona:pirate', OWNER)).toContain('● pirate – arr')
  expect(await behaviour(bot)).toBe('Talk like a pirate.')
  expect(await bot.press('persona:gone', OWNER)).toMatch(/^error: /)
})

test('strangers may look at personas and not change them, unless the owner lets everyone', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  expect(await bot.say('/persona')).toContain('○ pirate')
  expect(await bot.say('/persona pirate')).toMatch(/^error: Only the owner/)
  expect(await bot.press('persona:pirate')).toMatch(/^error: Only the owner/)
  expect(await bot.say('/respond always', GROUP)).toMatch(/^error: Only the owner/)
  expect(await behaviour(bot)).toBe('Be plain.')
  await using open = await TestChatbot.start({ config: { ...CONFIG, persona_role: 'everyone' } })
  await open.say('/persona pirate')
  expect(await behaviour(open)).toBe('Talk like a pirate.')
})

test('a persona that the owner took away leaves the usual one', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  await bot.say('/persona pirate', OWNER)
  await using later = await TestChatbot.start({ config: { system_prompt: 'Be plain.' }, store: bot.store })
  expect(await behaviour(later)).toBe('Be plain.')
})

test('what is answered in a group follows its setting, and commands go on', async () => {
  await using bot = await TestChatbot.start({ config: CONFIG })
  const said = { isAddressed: false }
  expect(await bot.say('hello', { ...GROUP, ...said })).toContain('hello')
  expect(await bot.say('hello', { chat: { id: -6, type: 'group' } })).toBeUndefined()
  expect(await bot.say('/new', { chat: { id: -6, type: 'group' } })).toContain('New chat')
  expect(await bot.say('/respond when_addressed', { ...GROUP, ...OWNER })).toContain('mention me')
  expect(await bot.say('hello', { ...GROUP, ...said })).toBeUndefined()
  expect(await bot.say('/respond', GROUP)).toContain('/respond never')
})

test('an owner sets another system prompt, and what is answered, for one chat', async () => {
  await using bot = await TestChatbot.start({
    config: { system_prompt: 'Be brief.' },
    chatConfig: { [-5]: { system_prompt: 'Talk like a pirate.', groups: 'never' } },
  })
  expect(await bot.say('hello', GROUP)).toBeUndefined()
  await bot.say('/respond always', { ...GROUP, role: 'owner' })
  await bot.say('hello', GROUP)
  expect(bot.lastRequest.system).toMatch(/^Talk like a pirate\./)
  await bot.say('hello')
  expect(bot.lastRequest.system).toMatch(/^Be brief\./)
  // the choice made in the chat itself has priority
  await bot.say('/persona You are a poet.', { ...GROUP, role: 'owner' })
  await bot.say('hello', GROUP)
  expect(bot.lastRequest.system).toMatch(/^You are a poet\./)
})
