import { createMemoryStore } from '@pluggram/testing'
import type { TestMessage } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { describe, expect, test } from 'vitest'
import { ChatHistory } from './chat-history.ts'
import { GROUP, TestChatbot } from './test-chatbot.ts'

installLeakCheck()

const CHAT = { id: 7, type: 'private' } as const
const DAY = 24 * 60 * 60 * 1_000

describe('facts', () => {
  test('are noted, shown to the model in the private chat, listed and deleted by button', async () => {
    await using bot = await TestChatbot.start()
    expect(await bot.say('/remember I am\nvegetarian')).toContain('I am vegetarian')
    await bot.say('/remember My dog is Rex')
    expect(await bot.say('/remember my dog is rex')).toBe('I already know that.')
    await bot.say('what can I cook?')
    expect(bot.lastRequest.system).toContain('- I am vegetarian\n- My dog is Rex')

    const list = await bot.result('/memory')
    expect(await bot.say('/memory')).toContain('1. I am vegetarian\n2. My dog is Rex')
    const [, data = ''] = /"data":"(memory:delete:[^"]+)"/.exec(JSON.stringify(list)) ?? []
    expect(await bot.press(data, { user: { id: 5 }, chat: { id: 5 } })).not.toContain('Rex')
    expect(await bot.press(data)).not.toContain('vegetarian')
    await bot.say('and now?')
    expect(bot.lastRequest.system).not.toContain('vegetarian')
    expect(bot.lastRequest.system).toContain('Rex')
  })

  test('of a user are seen by nobody else and in no group', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('/remember canary')
    await bot.say('hello', GROUP)
    expect(bot.lastRequest.system).not.toContain('canary')
    await bot.say('hello', { user: { id: 5 }, chat: { id: 5 } })
    expect(bot.lastRequest.system).not.toContain('canary')
    for (const command of ['/memory', '/export', '/remember x']) {
      expect(await bot.say(command, GROUP)).toMatch(/^error: .*private chat/)
    }
  })

  test('are bounded in length and number, and pages of them can be turned', async () => {
    await using bot = await TestChatbot.start()
    await bot.say(`/remember ${'long '.repeat(100)}`)
    for (let index = 2; index <= 60; index++) await bot.say(`/remember fact ${index}`)
    expect(await bot.say('/remember one more')).toMatch(/^error: .*at most 60/)
    expect((await bot.say('/memory'))?.length).toBeLessThan(1_000)
    expect(await bot.press('memory:page:5')).toContain('60. fact 60')
    expect(await bot.press('memory:page:99')).toContain('60. fact 60')
  })

  test('are neither taken nor shown when the owner switched them off', async () => {
    await using bot = await TestChatbot.start({ config: { facts: 'off' } })
    expect(await bot.say('/remember canary')).toMatch(/^error: .*turned saved facts off/)
    await bot.say('hello')
    expect(bot.lastRequest.system).not.toContain('canary')
  })

  test('cannot look like several', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('/remember one\n- two\u2028three\u202Efour')
    await bot.say('hello')
    expect(bot.lastRequest.system).toContain('\n- one - two three four\n')
  })
})

describe('/forget', () => {
  test('forgets the conversation, the facts, or both, as the button says', async () => {
    await using bot = await TestChatbot.start()
    const fill = async (): Promise<void> => {
      await bot.say('something')
      await bot.say('/remember canary')
    }
    await fill()
    expect(await bot.press('forget:talk')).toBe('Deleted: our conversation here.')
    expect(await bot.say('/memory')).toMatch(/our last 0 messages[^]*canary/)
    expect(await bot.press('forget:facts')).toBe('Deleted: one fact about you.')
    await fill()
    expect(await bot.press('forget:all')).toBe('Deleted: our conversation here, one fact about you.')
    expect(bot.stored()).not.toMatch(/canary|something/)
  })

  test('in a chat with topics forgets this topic, or all of them', async () => {
    await using bot = await TestChatbot.start()
    const topic = (topicId: number) => ({ chat: { id: 1_001, topicId } })
    await bot.say('outside')
    for (const id of [3, 12]) await bot.say(`in topic ${id}`, topic(id))
    expect(JSON.stringify(await bot.result('/forget', topic(3)))).toContain('forget:topics')
    expect(await bot.press('forget:talk', topic(3))).toBe('Deleted: our conversation here.')
    expect(bot.stored()).toMatch(/outside[^]*in topic 12/)
    expect(bot.stored()).not.toContain('in topic 3')
    await bot.say('in topic 3 again', topic(3))
    expect(await bot.press('forget:topics', topic(12))).toBe('Deleted: our conversations in 3 topics.')
    expect(bot.stored()).not.toMatch(/outside|in topic/)
  })

  test('lets only people whom the owner trusts forget all topics of a group', async () => {
    await using bot = await TestChatbot.start()
    const topic: TestMessage = { chat: { ...GROUP.chat, topicId: 4 } }
    expect(JSON.stringify(await bot.result('/forget', topic))).not.toContain('topics')
    expect(await bot.press('forget:topics', topic)).toMatch(/^error: .*trusted/)
    expect(await bot.press('forget:topics', { ...topic, role: 'trusted' })).toMatch(/^Deleted/)
  })

  test('an answer that is under way is not written into what was forgotten', async () => {
    await using bot = await TestChatbot.start()
    bot.script = async function* () {
      yield 'canary'
      await bot.press('forget:all')
      yield ' and more'
    }
    await bot.say('hello')
    expect(bot.stored()).not.toContain('canary')
  })

  test('in a group forgets no facts', async () => {
    await using bot = await TestChatbot.start()
    await bot.say('/remember canary')
    expect(JSON.stringify(await bot.result('/forget', GROUP))).not.toContain('facts')
    expect(await bot.press('forget:facts', GROUP)).toBe('Deleted: nothing.')
    expect(await bot.say('/memory')).toContain('canary')
  })
})

test('/export gives everything that is stored, as a file', async () => {
  await using bot = await TestChatbot.start()
  await bot.say('hello')
  await bot.say('/remember I am vegetarian')
  const result = await bot.result('/export')
  const { response } = result as { response: { media: { source: Uint8Array; fileName: string } } }
  expect(response.media.fileName).toBe('my-data.json')
  expect(JSON.parse(new TextDecoder().decode(response.media.source))).toMatchObject({
    user: { id: 1_001 },
    persona: 'default',
    facts: [{ text: 'I am vegetarian', by: 'user' }],
    conversation: [
      { role: 'user', text: 'hello' },
      { role: 'assistant', text: 'You said “hello”.' },
    ],
  })
})

test('/export gives every topic', async () => {
  await using bot = await TestChatbot.start()
  await bot.say('outside')
  await bot.say('inside', { chat: { id: 1_001, topicId: 12 } })
  await bot.say('elsewhere', { user: { id: 5 }, chat: { id: 5, topicId: 12 } })
  const result = await bot.result('/export', { chat: { id: 1_001, topicId: 12 } })
  const { response } = result as { response: { media: { source: Uint8Array } } }
  const text = new TextDecoder().decode(response.media.source)
  expect(JSON.parse(text)).toMatchObject({
    conversation: [{ text: 'outside' }, {}],
    topics: [{ topic_id: 12, conversation: [{ text: 'inside' }, {}] }],
  })
  expect(text).not.toContain('elsewhere')
})

test('forgets all of a user, and nothing of others, when the assistant asks for it', async () => {
  await using bot = await TestChatbot.start()
  const others = [{ user: { id: 10_010 }, chat: { id: 10_010 } }, GROUP]
  for (const place of [{}, { chat: { id: 1_001, topicId: 2 } }, ...others]) {
    await bot.say(`canary ${JSON.stringify(place)}`, place)
  }
  await bot.say('/remember canary fact')
  await bot.say('/remember fact of another', { user: { id: 10_010 }, chat: { id: 10_010 } })
  const keys = async (): Promise<readonly string[]> => [
    ...(await bot.store.list()),
    ...(await bot.store.rolling('conversations').list()),
  ]
  const before = await keys()
  expect(await bot.forgetUser(1_001)).toBe('our conversations in 2 topics, one fact about you')
  expect(await keys()).toHaveLength(before.length - 3)
  expect(await bot.forgetUser(1_001)).toBeUndefined()
})

describe('a long conversation', () => {
  test('is summed up beside it, and the model reads the summary and the newest messages', async () => {
    await using bot = await TestChatbot.start({ config: { history_messages: 4 } })
    bot.summary = 'They counted.'
    for (const text of ['one', 'two', 'three']) await bot.say(text)
    await summed(bot, 1)
    await bot.say('four')
    expect(bot.lastRequest.system).toContain('What was said earlier, in short:\nThey counted.')
    expect(bot.lastMessages.map(({ content }) => content)).toEqual(['three', 'You said “three”.', 'four'])
    const [request] = bot.summaryRequests
    expect(request?.messages[0]?.content).toMatch(
      /^=== ([\w-]+) ===\nuser: one\n\nassistant: You said “one”\.\n\nuser: two[^]*=== \1 ===$/,
    )
    for (const text of ['five', 'six', 'seven']) await bot.say(text)
    await summed(bot, 2)
    expect(bot.summaryRequests[1]?.messages[0]?.content).toContain('Summed up before: They counted.')
    await bot.say('/new')
    await bot.say('hello')
    expect(bot.lastRequest.system).not.toContain('They counted.')
  })

  test('goes on without a summary when the model cannot write one', async () => {
    const generateText = (): Promise<never> => Promise.reject(new Error('no'))
    await using bot = await TestChatbot.start({ config: { history_messages: 4 }, ai: { generateText } })
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      expect(await bot.say(text)).toBe(`You said “${text}”.`)
    }
    expect(bot.lastMessages).toHaveLength(5)
    expect(bot.services.logLines).toContainEqual(
      expect.objectContaining({ message: 'A conversation could not be summed up' }),
    )
  })

  test('is cut by tokens, not only by messages', async () => {
    await using bot = await TestChatbot.start({ config: { history_tokens: 500, summaries: false } })
    for (let index = 0; index < 8; index++) await bot.say(`${index} ${'word '.repeat(60)}`)
    const size = bot.lastMessages.reduce((sum, { content }) => sum + content.length, 0)
    expect(size).toBeGreaterThan(1_000)
    expect(size).toBeLessThan(500 * 4 + 400)
  })
})

describe('retention', () => {
  const limits = { messages: 40, tokens: 8_000, retentionDays: 30 }
  const exchange = (text: string) => ({
    user: { content: text, isForeign: false },
    assistant: { content: `re: ${text}`, isForeign: false },
    isPartial: false,
  })

  test('forgets what was said too long ago, and a summary of it', async () => {
    let now = 1_800_000_000_000
    const history = new ChatHistory(createMemoryStore(), limits, () => now)
    const { conversationId } = await history.recall(CHAT)
    await history.add(CHAT, conversationId, exchange('first'))
    const { turns } = await history.stored(CHAT)
    await history.condense(CHAT, { conversationId, turns, isForeign: false }, 'They said first.')
    now += 20 * DAY
    await history.add(CHAT, conversationId, exchange('second'))
    expect(await history.recall(CHAT)).toMatchObject({ summary: 'They said first.', messages: { length: 2 } })
    now += 20 * DAY
    const recollection = await history.recall(CHAT)
    expect(recollection.summary).toBeUndefined()
    expect(recollection.messages[0]?.content).toBe('second')
    now += 20 * DAY
    expect((await history.recall(CHAT)).messages).toEqual([])
  })

  test('gives the store a time after which nothing is left', async () => {
    const store = createMemoryStore()
    const options: unknown[] = []
    const history = new ChatHistory({ ...store, set: async (...args) => void options.push(args[2]) }, limits)
    await history.recall(CHAT)
    expect(options).toEqual([{ ttlSeconds: 30 * 86_400 }])
  })
})

async function summed(bot: TestChatbot, count: number): Promise<void> {
  while (bot.summaryRequests.length < count) await new Promise((resolve) => setImmediate(resolve))
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
