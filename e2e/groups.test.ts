import type { EmulatedChat, EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const BOT = 'emulated_bot'
/** The account that Telegram names for anonymous administrators. */
const ANONYMOUS = { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }

const ECHO = `export default class {
  static manifest = { patterns: [/^echo/i], startPrefixes: ['invite_', 'pass_'] }
  processMessage(text, { command, callback, user, role, chat }) {
    if (callback) return { success: true, response: 'pressed by ' + user.id }
    if (command?.name === 'start')
      return command.args.startsWith('pass_') ? undefined : { success: true, response: 'started in a ' + chat.type + ' with ' + command.args }
    const heard = 'heard «' + text + '» of ' + user.id + ' as ' + role
    if (text.includes('at length')) return { success: true, response: heard + ' and so on'.repeat(600) }
    if (!text.includes('button')) return { success: true, response: heard }
    return { success: true, response: { text: heard, buttons: [[{ text: 'Mine', data: 'mine', onlyFor: user.id }]] } }
  }
}`
/** Comes later in plugins_config.json and asks for more. */
const GREEDY = `export default class {
  static manifest = { patterns: [/^greedy/], priority: 100, startPrefixes: ['invite_4', 'other'] }
  processMessage(text, { command }) { return { success: true, response: 'greedy ' + command?.args } }
}`

let driver: Session
let assistant: RunningAssistant
let model: ObedientModel
let ada: EmulatedUser
let ben: EmulatedUser
let group: EmulatedChat

const end = Promise.withResolvers<void>()

/** Words, and then none until the tests are over. */
async function* endlessly(): AsyncGenerator<string> {
  yield 'word 1 word 2 word 3 '
  await end.promise
}

beforeAll(async () => {
  model = await startObedientModel((request) => {
    const said = JSON.stringify(request.messages.at(-1)?.content)
    return { text: said.includes('endless') ? endlessly() : `The model heard ${said}` }
  })
  const emulator = await startEmulator('--group-privacy')
  driver = emulator.driver
  ada = await createPerson(driver)
  ben = await createPerson(driver, 'Ben')
  const home = await createHome({
    'plugins/echo.js': ECHO,
    'plugins/greedy.js': GREEDY,
    'plugins_config.json': { enabled_plugins: { ai_chatbot: true, echo: true, greedy: true } },
    'config.json': { access: { mode: 'everyone', owners: [ada.id, ANONYMOUS.id] } },
  })
  assistant = await startAssistant(home, {
    OPENAI_BASE_URL: model.url,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  })
  group = await newChat('supergroup', 'Friends')
})

afterAll(async () => {
  end.resolve()
  await stopAllPrograms()
  await model.close()
  await removeHomes()
})

async function newChat(type: 'group' | 'supergroup' | 'channel', title: string): Promise<EmulatedChat> {
  return driver.post('/chats', { type, title, memberIds: [ada.id, ben.id] })
}

let rawId = 9_000

/** An update as Telegram sends it, with entities for each mention. */
async function raw(kind: string, chat: EmulatedChat, text: string, more: object = {}): Promise<void> {
  const { id, type, title } = chat
  const entities = Array.from(text.matchAll(/@\w+/g), (match) => ({
    type: 'mention',
    offset: match.index,
    length: match[0].length,
  }))
  const message = {
    message_id: (rawId += 1),
    date: Math.floor(Date.now() / 1_000),
    chat: { id, type, title },
  }
  await driver.post('/control/raw-update', { [kind]: { ...message, text, entities, ...more } })
}

const anonymously = (chat: EmulatedChat, text: string): Promise<void> =>
  raw('message', chat, text, {
    from: ANONYMOUS,
    sender_chat: { id: chat.id, type: chat.type, title: chat.title },
    author_signature: 'boss',
  })

const said = async (chatId: number): Promise<string[]> =>
  (await botMessages(driver, chatId, 0)).map(({ text }) => text)

async function untilSaid(chatId: number, words: string | RegExp): Promise<TranscriptMessage> {
  let found: TranscriptMessage | undefined
  await expect
    .poll(
      async () => {
        const messages = await botMessages(driver, chatId, 0)
        found = messages.findLast(({ text }) =>
          typeof words === 'string' ? text.includes(words) : words.test(text),
        )
        return found?.text ?? messages.map(({ text }) => text).join('\n')
      },
      { timeout: 60_000 },
    )
    .toMatch(words)
  if (!found) throw new Error('nothing was said')
  return found
}

/** What people read when they press a button. */
async function press(
  chatId: number,
  { id }: TranscriptMessage,
  user: EmulatedUser,
): Promise<string | undefined> {
  const answers = async (): Promise<readonly { params: { text?: string } }[]> => {
    const { calls } = await driver.get<{ calls: { method: string; params: { text?: string } }[] }>('/calls')
    return calls.filter(({ method }) => method === 'answerCallbackQuery')
  }
  const before = (await answers()).length
  await driver.post(`/chats/${chatId}/messages/${id}/press`, { userId: user.id, row: 0, column: 0 })
  await expect.poll(async () => (await answers()).length, { timeout: 60_000 }).toBeGreaterThan(before)
  return (await answers()).at(-1)?.params.text
}

describe('a link with a payload', () => {
  test('reaches the plugin that asked for its prefix, in private and in a group', async () => {
    expect(await ask(driver, ben, '/start invite_42')).toEqual(['started in a private with invite_42'])
    await driver.post(`/chats/${group.id}/messages`, { userId: ben.id, text: `/start@${BOT} invite_a-B` })
    await untilSaid(group.id, 'started in a supergroup with invite_a-B')
    expect(await ask(driver, ben, '/start other1')).toEqual(['greedy other1'])
  })

  test.each(['/start', '/start nobody_7', '/start pass_7', '/start invite_42 and more'])(
    '%s is greeted',
    async (text) => {
      expect((await ask(driver, ben, text)).join()).toMatch(/^Hi Ben/)
    },
  )
})

describe('an address', () => {
  test.each([
    [`@${BOT}, echo 1`, 'echo 1'],
    [`echo 2 @${BOT}?`, 'echo 2?'],
    [`@${BOT} echo: 3, 4`, 'echo: 3, 4'],
    ['Emulated Bot：echo 5', 'echo 5'],
    ['Emulated Bot, echo 6', 'echo 6'],
  ])('%j is taken from the words', async (text, words) => {
    await raw('message', group, text, { from: { id: ben.id, is_bot: false, first_name: 'Ben' } })
    expect((await untilSaid(group.id, `heard «${words}»`)).text).toContain(`of ${ben.id}`)
  })

  test('in a caption, and by a link to the account, counts too', async () => {
    const { bot } = await driver.get<{ bot: EmulatedUser }>('/state')
    const from = { id: ben.id, is_bot: false, first_name: 'Ben' }
    const photo = [{ file_id: 'p1', file_unique_id: 'u1', width: 1, height: 1 }]
    const caption = `@${BOT} echo caption`
    await raw('message', group, '', {
      from,
      photo,
      text: undefined,
      caption,
      caption_entities: [{ type: 'mention', offset: 0, length: BOT.length + 1 }],
    })
    await untilSaid(group.id, 'heard «echo caption»')
    const account = { id: bot.id, is_bot: true, first_name: 'Emulated Bot' }
    await raw('message', group, 'Bob, echo link', {
      from,
      entities: [{ type: 'text_mention', offset: 0, length: 3, user: account }],
    })
    expect((await untilSaid(group.id, 'heard «echo link»')).text).toContain(`of ${ben.id}`)
  })
})

describe('an anonymous administrator', () => {
  test('is the group, and has the role of nobody else', async () => {
    await anonymously(group, 'echo me')
    expect((await untilSaid(group.id, 'heard «echo me»')).text).toContain(`of ${group.id} as everyone`)
  })

  test('stops their own answer with the button, which names them, and with /stop', async () => {
    await anonymously(group, `@${BOT} an endless story`)
    const half = await untilSaid(group.id, /^word 1/)
    await press(group.id, half, ben)
    await untilSaid(group.id, 'Only the person who asked')
    expect(await said(group.id)).not.toContainEqual(expect.stringContaining('Stopped'))
    await press(group.id, half, ada)
    await expect
      .poll(() => said(group.id), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining('Stopped'))

    const quiet = await newChat('supergroup', 'Quiet')
    await anonymously(quiet, `@${BOT} an endless story`)
    await untilSaid(quiet.id, /^word 1/)
    await anonymously(quiet, `/stop@${BOT}`)
    await expect
      .poll(() => said(quiet.id), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining('Stopped'))
  })

  test('presses a button that is only for them; others do not', async () => {
    await anonymously(group, 'echo button')
    const message = await untilSaid(group.id, 'heard «echo button»')
    expect(await press(group.id, message, ben)).toContain('for somebody else')
    await press(group.id, message, ada)
    await untilSaid(group.id, `pressed by ${ada.id}`)
    expect(await said(group.id)).not.toContain(`pressed by ${ben.id}`)
  })
})

test('/respond always says that privacy mode is on, until the bot is an administrator', async () => {
  const shy = await newChat('supergroup', 'Shy')
  const respond = (mode: string) =>
    driver.post(`/chats/${shy.id}/messages`, { userId: ada.id, text: `/respond@${BOT} ${mode}` })
  await respond('always')
  const { text } = await untilSaid(shy.id, '@BotFather')
  expect(text).toMatch(/I now answer every message.*privacy mode.*\/setprivacy.*add me again/s)

  await driver.post('/control/promote-bot', { chatId: shy.id })
  const chat = { id: shy.id, type: 'supergroup', title: 'Shy' }
  const bot = { id: 1, is_bot: true, first_name: 'Emulated Bot' }
  const change = { chat, from: ada, date: 1, old_chat_member: { status: 'member', user: bot } }
  await driver.post('/control/raw-update', {
    my_chat_member: { ...change, new_chat_member: { status: 'administrator', user: bot } },
  })
  await respond('never')
  await untilSaid(shy.id, 'no messages')
  await respond('always')
  await expect.poll(async () => (await said(shy.id)).length, { timeout: 60_000 }).toBe(3)
  expect((await said(shy.id)).at(-1)).toBe('OK, I now answer every message in this group.')
})

test('a post and its copy in the discussion group are answered once', async () => {
  const news = await newChat('channel', 'News')
  const talk = await newChat('supergroup', 'Talk')
  const copyOf = (channel: { id: number; title?: string }, text: string): Promise<void> => {
    const chat = { id: channel.id, type: 'channel', title: channel.title }
    return raw('message', talk, text, {
      from: { id: 777_000, is_bot: false, first_name: 'Telegram' },
      sender_chat: chat,
      is_automatic_forward: true,
      forward_origin: { type: 'channel', chat, message_id: 5, date: 1 },
    })
  }
  await raw('channel_post', news, 'echo post', {
    sender_chat: { id: news.id, type: 'channel', title: 'News' },
  })
  await copyOf(news, 'echo post')
  // of a channel that the bot is not in, only the copy comes
  await copyOf({ id: -1_009_999_999_999, title: 'Elsewhere' }, 'echo copy')
  await untilSaid(talk.id, 'heard «echo copy»')
  await untilSaid(news.id, 'heard «echo post»')
  expect(await said(talk.id)).toHaveLength(1)
  expect(await said(news.id)).toHaveLength(1)
})

test('what is said about a comment stays in the comments of its post, all parts of it', async () => {
  const chat = await newChat('supergroup', 'Discussion')
  const from = { id: ada.id, is_bot: false, first_name: 'Ada' }
  const post = { message_id: 4_000, date: 1, chat, text: 'News', is_automatic_forward: true }
  await raw('message', chat, 'echo at length', { from, message_thread_id: 4_000, reply_to_message: post })
  const asked = rawId
  await expect.poll(async () => (await said(chat.id)).length).toBe(2)
  const copy = {
    sender_chat: { id: -1_009_999_999_998, type: 'channel', title: 'Far' },
    is_automatic_forward: true,
  }
  await raw('message', chat, 'echo the post', { from, ...copy })
  const copied = rawId
  await untilSaid(chat.id, 'echo the post')
  const { calls } = await driver.get<{
    calls: { method: string; params: { chat_id?: number; reply_parameters?: unknown } }[]
  }>('/calls')
  const sent = calls.filter(({ method, params }) => method === 'sendMessage' && params.chat_id === chat.id)
  expect(sent.map(({ params }) => params.reply_parameters)).toEqual([
    { message_id: asked, allow_sending_without_reply: true },
    { message_id: asked, allow_sending_without_reply: true },
    { message_id: copied, allow_sending_without_reply: true },
  ])
})

test('a bot that was removed leaves the chat alone at once, and writes again when it is let in', async () => {
  const change = (status: string): Promise<unknown> =>
    driver.post('/control/raw-update', {
      my_chat_member: {
        chat: { id: -100_555, type: 'supergroup', title: 'Gone' },
        from: ada,
        date: 1,
        old_chat_member: { status: 'member', user: ada },
        new_chat_member: { status, user: ada },
      },
    })
  const ready = async (): Promise<string> => (await fetch(`${assistant.url}/readyz`)).text()
  await change('kicked')
  await expect.poll(ready, { timeout: 60_000 }).toContain('"blockedChats":1')
  await change('member')
  await expect.poll(ready, { timeout: 60_000 }).toContain('"blockedChats":0')
})
