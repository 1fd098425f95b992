import { AiError, isPluginDefinition } from '@pluggram/sdk'
import type { PluginResult, Reply } from '@pluggram/sdk'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import type { TestMessage } from '@pluggram/testing'
import { describe, expect, test } from 'vitest'
import plugin from './index.ts'
import { configuration } from './configuration.ts'
import { failingAfter, GROUP, TestChatbot, unavailable } from './test-chatbot.ts'

installLeakCheck()

const PHOTO = { kind: 'photo', fileId: 'f', width: 1, height: 1 } as const

function pieces(result: PluginResult | undefined): AsyncIterable<string> {
  if (result?.success && typeof result.response === 'object' && 'text' in result.response) {
    const { text } = result.response
    if (typeof text === 'object') return text
  }
  throw new Error(`No stream: ${JSON.stringify(result)}`)
}

test('is a plugin that comes last, and asks for the model and for the pictures that it shows', () => {
  expect(isPluginDefinition(plugin)).toBe(true)
  expect(plugin.priority).toBeLessThan(0)
  expect(plugin.permissions?.ai).toBe(true)
  expect(plugin.permissions).toEqual({ ai: true, tools: true })
  const asks = (block: object): unknown => plugin.configure?.(configuration.parse(block))
  expect(asks({})).toEqual({ permissions: { network: ['*'] } })
  expect(asks({ show_pictures: false })).toEqual({})
})

describe('an answer', () => {
  test('streams as Markdown', async () => {
    await using bot = await TestChatbot.start()
    const result = await bot.result('hello')
    expect(result).toMatchObject({ success: true, response: { format: 'model-markdown' } })
    expect(await Array.fromAsync(pieces(result))).toEqual(['You said ', '“hello”.'])
  })

  test('begins with its first word, not with blank lines', async () => {
    await using bot = await TestChatbot.start()
    bot.script = () => ['\n', ' ', '\nHi', ' there']
    expect(await bot.say('hello')).toBe('Hi there')
  })

  test('comes with what the model needs to know, and for whom it is', async () => {
    await using bot = await TestChatbot.start({
      config: { system_prompt: 'Talk like a pirate.' },
    })
    await bot.say('hello', { user: { languageCode: 'de' }, timeZone: 'Europe/Berlin' })
    const { system, signal, for: subject } = bot.lastRequest
    expect(system).toMatch(/^Talk like a pirate\./)
    expect(system).toMatch(/Your name is Ada\. It is \w+, \d{4}-\d\d-\d\d, \d\d:\d\d \(Europe\/Berlin\)\.$/)
    expect(system).toContain('private chat with Ann')
    expect(system).toContain('"de"')
    expect(system).toContain('- /roll 2d6: Roll dice')
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(subject).toMatchObject({ chat: { id: 1_001 }, user: { id: 1_001 } })
  })
})

describe('the conversation', () => {
  test('is remembered over several turns and over a restart', async () => {
    const { store } = await talk('one', 'two')
    await using restarted = await TestChatbot.start({ store })
    await restarted.say('three')
    expect(restarted.lastMessages).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'You said “one”.' },
      { role: 'user', content: 'two' },
      { role: 'assistant', content: 'You said “two”.' },
      { role: 'user', content: 'three' },
    ])
  })

  test('is kept apart by chat and by topic', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('secret', { chat: { id: 1 } })
    for (const chat of [{ id: 2 }, { id: 1, topicId: 3 }]) {
      await bot.say('hello', { chat })
      expect(bot.lastMessages).toHaveLength(1)
    }
  })

  test('keeps to its bounds and begins with a user’s message', async () => {
    await using bot = await TestChatbot.start({ config: { history_messages: 3, summaries: false } })
    for (const text of ['one', 'two', 'three']) await bot.say(text)
    await bot.say('four')
    expect(bot.lastMessages.map(({ content }) => content)).toEqual(['three', 'You said “three”.', 'four'])
  })

  test('stays small in the store, whatever is written', async () => {
    await using bot = await TestChatbot.start({ config: { history_messages: 400, summaries: false } })
    bot.script = () => ['x'.repeat(100_000)]
    for (let index = 0; index < 12; index++) await bot.say('y'.repeat(30_000))
    expect(bot.stored().length).toBeLessThan(200_000)
    expect(bot.lastMessages.at(0)?.role).toBe('user')
    expect(bot.lastMessages.at(-1)?.content).toHaveLength(30_000)
  })

  test('remembers nothing with history_messages 0', async () => {
    await using bot = await TestChatbot.start({ config: { history_messages: 0 } })
    await bot.say('one')
    await bot.say('two')
    expect(bot.lastMessages).toEqual([{ role: 'user', content: 'two' }])
    expect(bot.stored()).not.toContain('one')
  })

  test('is forgotten with /new, in that chat only', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('one')
    await bot.say('one', GROUP)
    expect(await bot.say('/new')).toContain('New chat')
    await bot.say('two')
    expect(bot.lastMessages).toEqual([{ role: 'user', content: 'two' }])
    await bot.say('two', GROUP)
    expect(bot.lastMessages).toHaveLength(3)
  })

  test('does not take up an answer that ends after /new', async () => {
    await using bot = await TestChatbot.start()
    const result = await bot.result('one')
    await bot.say('/new')
    await Array.fromAsync(pieces(result))
    await bot.say('two')
    expect(bot.lastMessages).toEqual([{ role: 'user', content: 'two' }])
  })

  test('keeps every exchange when several answers are written at the same time', async () => {
    await using bot = await TestChatbot.start()
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => bot.say(text)))
    await bot.say('end')
    const said = bot.lastMessages.filter(({ role }) => role === 'user').map(({ content }) => content)
    expect(said.toSorted()).toEqual(['a', 'b', 'c', 'd', 'end'])
  })

  test('begins anew when what is stored cannot be read', async () => {
    await using bot = await TestChatbot.start()
    await bot.store.rolling('conversations').set('history:1001', { turns: 'surprise' })
    expect(await bot.say('hello')).toBe('You said “hello”.')
    await bot.say('again')
    expect(bot.lastMessages).toHaveLength(3)
  })

  test('marks an answer that broke off', async () => {
    await using bot = await TestChatbot.start()
    bot.script = () => failingAfter(['Half an '])
    expect(await bot.say('tell me')).toMatch(/^Half an \n\n⚠️ The answer was cut off\./)
    await bot.say('and?')
    expect(bot.lastMessages[1]?.content).toBe('Half an \n\n[This answer broke off here.]')
  })

  test.each([
    ['length', /\n\n⚠️ The answer reached its maximum length\. Write “go on”/],
    ['filtered', /\n\n⚠️ The answer ends here: the AI service/],
  ] as const)('marks an answer that ended with %s as not complete', async (reason, label) => {
    await using bot = await TestChatbot.start()
    bot.reason = reason
    bot.script = () => ['Half an answer']
    expect(await bot.say('tell me')).toMatch(label)
    bot.reason = 'stop'
    await bot.say('go on')
    expect(bot.lastMessages[1]?.content).toBe('Half an answer\n\n[This answer broke off here.]')
  })

  test('ends an answer that is longer than anybody reads, and its request', async () => {
    await using bot = await TestChatbot.start()
    bot.script = function* () {
      for (;;) yield 'x'.repeat(10_000)
    }
    const shown = await bot.say('tell me')
    expect(shown).toMatch(/x\n\n⚠️ The answer ends here because it is too long\.$/)
    expect(shown?.length).toBeLessThan(111_000)
    expect(bot.abandoned).toBe(1)
  })

  test('keeps what was written when nobody reads to the end, and ends the request', async () => {
    await using bot = await TestChatbot.start()
    for await (const piece of pieces(await bot.result('hello'))) {
      expect(piece).toBe('You said ')
      break
    }
    expect(bot.abandoned).toBe(1)
    await bot.say('and?')
    expect(bot.lastMessages[1]?.content).toMatch(/^You said \n\n\[This answer broke off/)
  })
})

describe('groups', () => {
  test('show the model who is speaking', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('hello', { ...GROUP, user: { firstName: 'Bo:b\n', lastName: 'Smith' } })
    expect(bot.lastMessages).toEqual([{ role: 'user', content: 'Bo b Smith: hello' }])
    expect(bot.lastRequest.system).toContain('the group "Friends"')
  })

  test('show the model the message that is answered', async () => {
    await using bot = await TestChatbot.start()
    const replyTo = { id: 3, text: 'Where\nshall we eat?', fromBot: false }
    await bot.say('any ideas?', { ...GROUP, replyTo })
    expect(bot.lastMessages.at(-1)?.content).toContain('Where\nshall we eat?')
    // the assistant's own answers are in the conversation, also when they are shown otherwise
    bot.script = () => ['**Luigi**: the _nearest_ one.']
    await bot.say('any ideas?', GROUP)
    const own = { id: 4, text: 'Luigi: the nearest one.', fromBot: true }
    await bot.say('why?', { ...GROUP, replyTo: own })
    expect(bot.lastMessages.at(-1)?.content).toBe('Ann: why?')
    // what it sent for another plugin, or before /new, is not
    await bot.say('explain', { ...GROUP, replyTo: { ...own, text: '📰 Rain in Spain' } })
    expect(bot.lastMessages.at(-1)?.content).toContain('📰 Rain in Spain\n[end of')
    expect(bot.lastRequest.messages.at(-1)?.isForeign).toBe(true)
  })

  test.each<[string, string, TestMessage]>([
    ['a message for others', 'hello', { ...GROUP, isAddressed: false }],
    ['an unknown command', '/foo', GROUP],
    ['another bot', 'hello', { ...GROUP, user: { isBot: true } }],
    ['a picture for others', '', { ...GROUP, isAddressed: false, attachments: [PHOTO] }],
  ])('leave %s alone', async (_, text, message) => {
    await using bot = await TestChatbot.start()
    expect(await bot.say(text, message)).toBeUndefined()
    expect(bot.requests).toHaveLength(0)
  })
})

test('an unknown command in a private chat is answered', async () => {
  await using bot = await TestChatbot.start()
  expect(await bot.say('/rol')).toContain('/rol')
})

describe('a failure of the model', () => {
  test.each([
    'ai-unavailable',
    'ai-timeout',
    'ai-refused',
    'ai-too-long',
    'ai-filtered',
    'ai-misconfigured',
    'ai-busy',
    'ai-limit',
    'ai-empty',
    'ai-overloaded',
  ] as const)('%s is told without details, which go to the log', async (code) => {
    await using bot = await TestChatbot.start()
    const error = new AiError(code, 'Details about http://10.0.0.5/v1')
    bot.script = () => failingAfter([], error)
    const shown = await bot.say('hello')
    expect(shown).toMatch(/^(error:|⚠️) \w/)
    expect(shown).not.toContain('10.0.0.5')
    expect(bot.reported).toEqual([error])
  })

  test('that an owner has to mend is told to them in their private chat, and nowhere else', async () => {
    await using bot = await TestChatbot.start()
    const error = new AiError('ai-misconfigured', 'OpenAI refuses the key. Correct OPENAI_API_KEY in .env.')
    bot.script = () => failingAfter([], error)
    expect(await bot.say('hello', { role: 'owner' })).toBe(`error: ${error.message}`)
    expect(await bot.say('hello', { ...GROUP, role: 'owner' })).not.toContain('OPENAI_API_KEY')
    expect(await bot.say('hello', { role: 'trusted' })).not.toContain('OPENAI_API_KEY')
  })

  test('leaves no trace in the conversation', async () => {
    await using bot = await TestChatbot.start()
    bot.script = () => failingAfter([])
    await bot.say('one')
    bot.script = () => ['fine']
    await bot.say('two')
    expect(bot.lastMessages).toEqual([{ role: 'user', content: 'two' }])
  })

  test('that is a bug is passed on to the host', async () => {
    await using bot = await TestChatbot.start()
    bot.script = () => failingAfter([], new TypeError('bug'))
    await expect(bot.say('hello')).rejects.toThrow('bug')
  })

  test('an empty answer, too many requests and a fault are three things, and each can be tried again', async () => {
    await using bot = await TestChatbot.start()
    const failing = bot.script
    const shown = new Set<string>()
    for (const code of ['ai-empty', 'ai-overloaded', 'ai-unavailable'] as const) {
      bot.script = () => failingAfter([], new AiError(code, 'Details'))
      const { response } = (await bot.result('hello')) as { response: Reply }
      shown.add(String(response.text))
      const [[button] = []] = response.buttons ?? []
      expect(button?.text).toContain('Retry')
      const data = button && 'data' in button ? button.data : ''
      expect(await bot.press(data, { user: { id: 77 } })).toMatch(/^error: Only the person who asked/)
      bot.script = failing
      expect(await bot.press(data)).toBe('You said “hello”.')
      expect(await bot.press(data)).toMatch(/^error: I no longer have that question/)
    }
    expect(shown.size).toBe(3)
  })

  test('an empty answer is told', async () => {
    await using bot = await TestChatbot.start()
    bot.script = () => [' ']
    expect(await bot.say('hello')).toMatch(/^⚠️ .*empty answer/)
  })

  test('a deadline passes through, so that the host sees it', async () => {
    await using bot = await TestChatbot.start()
    const controller = new AbortController()
    const result = await bot.result('hello', { signal: controller.signal })
    controller.abort(new Error('too late'))
    await expect(Array.fromAsync(pieces(result))).rejects.toThrow('too late')
  })

  test('a full store does not spoil the answer', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('one')
    bot.store.rolling('conversations').set = () => Promise.reject(new Error('full'))
    expect(await bot.say('two')).toBe('You said “two”.')
    expect(bot.reported).toHaveLength(1)
  })
})

describe('status', () => {
  test('names the model', async () => {
    await using bot = await TestChatbot.start()
    expect(await bot.status()).toEqual({ status: 'active', model: 'test:scripted' })
  })

  test('is degraded without a usable model', async () => {
    await using bot = await TestChatbot.start({ ai: { model: () => Promise.reject(unavailable()) } })
    const status = await bot.status()
    expect(status).toMatchObject({ status: 'degraded' })
    expect(JSON.stringify(status)).not.toContain('10.0.0.5')
  })
})

async function talk(...texts: string[]): Promise<TestChatbot> {
  await using bot = await TestChatbot.start()
  for (const text of texts) await bot.say(text)
  return bot
}
