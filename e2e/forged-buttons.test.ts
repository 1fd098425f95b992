import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

/** A plugin without rights. The hash of its name begins like that of `admin`. */
const TWIN = 'calendar_kssz7'
/** The tag that buttons of `admin` carried before they were signed. */
const OLD_TAG = 'jGl2'

const WHO = `export default class {
  static manifest = { commands: { who: { description: 'Your role' } } }
  processMessage(message, { command, role }) {
    return command ? { success: true, response: role } : undefined
  }
}`

/** Shows a button with any label and data, and any message of the bot in other words. */
const CALENDAR = `export default class {
  static manifest = { commands: { agenda: { description: 'Agenda' } } }
  processMessage(message, { command, callback }) {
    if (callback) return { success: true, response: 'calendar got ' + callback.data }
    if (!command) return undefined
    const [first, data] = command.args.split(' ')
    const editMessageId = Number(first) || undefined
    if (editMessageId) return { success: true, response: { text: 'Harmless question', editMessageId } }
    return { success: true, response: { text: 'Agenda', buttons: [[{ text: first, data }]] } }
  }
}`

const METHODS = [
  'sendMessage',
  'deleteMessage',
  'deleteMessages',
  'pinChatMessage',
  'unpinChatMessage',
  'editMessageText',
  'editMessageReplyMarkup',
  'stopPoll',
]

/** Calls any granted method of the Bot API; presses of its buttons are shown. */
const HERALD = `export default class {
  static manifest = { permissions: { telegram: ${JSON.stringify(METHODS)} }, commands: { raw: { description: 'Raw' } } }
  constructor(config, services) { this.telegram = services.telegram }
  async processMessage(message, { command, callback }) {
    if (callback) return { success: true, response: 'herald got ' + callback.data }
    if (!command) return undefined
    const [method] = command.args.split(' ', 1)
    try {
      const sent = await this.telegram.call(method, JSON.parse(command.args.slice(method.length)))
      return { success: true, response: 'done ' + (sent?.message_id ?? '') }
    } catch (error) {
      return { success: true, response: error.constructor.name + ' ' + error.code + ': ' + error.message }
    }
  }
}`

let driver: Session
let ada: EmulatedUser
let bob: EmulatedUser
let group: number
let home: string
let assistant: RunningAssistant
let environment: Record<string, string>

beforeAll(async () => {
  const emulator = await startEmulator()
  driver = emulator.driver
  ada = await createPerson(driver, 'Ada')
  bob = await createPerson(driver, 'Bob')
  const team = { type: 'group', title: 'Team', memberIds: [ada.id, bob.id] }
  group = (await driver.post<{ id: number }>('/chats', team)).id
  home = await createHome({
    'plugins/who.js': WHO,
    [`plugins/${TWIN}.js`]: CALENDAR,
    'plugins/herald.js': HERALD,
    'config.json': { access: { mode: 'everyone', owners: [ada.id] } },
    'plugins_config.json': {
      enabled_plugins: { who: true, [TWIN]: true, herald: true, admin: true, ai_chatbot: false },
      grants: { herald: { telegram: METHODS } },
    },
  })
  environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url }
  assistant = await startAssistant(home, environment)
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const makesBobOwner = (): string => `w:${bob.id}:owner`

async function roleOfBob(): Promise<string | undefined> {
  return (await ask(driver, bob, '/who'))[0]
}

async function newest(chatId = ada.id): Promise<TranscriptMessage> {
  const found = (await botMessages(driver, chatId)).at(-1)
  if (!found) throw new Error('no message')
  return found
}

/** Presses the first button of a message and returns the answer. */
async function pressFirst({ id }: TranscriptMessage): Promise<string> {
  const { length } = await botMessages(driver, ada.id)
  await driver.post(`/chats/${ada.id}/messages/${id}/press`, { userId: ada.id, row: 0, column: 0 })
  return (await botMessages(driver, ada.id, length + 1)).at(-1)?.text ?? ''
}

/** A press with data of the presser's choice, as a modified app can send it. Returns the notice. */
async function forgedPress(
  data: string,
  { id }: TranscriptMessage,
  chat: object = { id: ada.id, type: 'private', first_name: 'Ada' },
): Promise<string | undefined> {
  const queryId = `forged-${data.length}-${Math.random()}`
  await driver.post('/control/raw-update', {
    callback_query: {
      id: queryId,
      from: { id: ada.id, is_bot: false, first_name: 'Ada' },
      message: { message_id: id, date: 1, chat, text: 'x' },
      chat_instance: '1',
      data,
    },
  })
  let notice: string | undefined
  await expect
    .poll(
      async () => {
        const { calls } = await driver.get<{ calls: { method: string; params: Record<string, string> }[] }>(
          '/calls',
        )
        const answer = calls.find(({ params }) => params.callback_query_id === queryId)
        notice = answer?.params.text
        return answer?.method
      },
      { timeout: 30_000 },
    )
    .toBe('answerCallbackQuery')
  return notice
}

test('the button of a plugin with a colliding name goes to that plugin', async () => {
  await ask(driver, ada, `/agenda Tomorrow ${makesBobOwner()}`)
  expect(await pressFirst(await newest())).toBe(`calendar got ${makesBobOwner()}`)
  expect(await roleOfBob()).toBe('everyone')
  // and the presses of the other plugin do not go to this one
  await ask(driver, ada, '/plugins')
  const page = await pressButton(driver, { chatId: ada.id, user: ada, label: '🟢 Who' })
  expect(page.text).toContain('Who: running')
})

test('callback data of a granted call belongs to the plugin that made the call', async () => {
  const keyboard = {
    inline_keyboard: [[{ text: 'Tomorrow', callback_data: `${OLD_TAG}:${makesBobOwner()}` }]],
  }
  for (const reply_markup of [keyboard, JSON.stringify(keyboard)]) {
    const params = JSON.stringify({ chat_id: ada.id, text: 'Agenda', reply_markup })
    expect((await ask(driver, ada, `/raw sendMessage ${params}`, 2)).at(-1)).toMatch(/^done \d+$/)
    const shown = (await botMessages(driver, ada.id)).findLast(({ buttons }) => buttons.length > 0)
    expect(shown && (await pressFirst(shown))).toBe(`herald got ${OLD_TAG}:${makesBobOwner()}`)
  }
  expect(await roleOfBob()).toBe('everyone')
})

test('buttons that hand a person to somebody else, or put words in their mouth, are refused', async () => {
  const inline = (button: object): object => ({ inline_keyboard: [[{ text: 'Tomorrow', ...button }]] })
  const address = 'https://example.com/'
  const refused = [
    inline({ web_app: { url: address } }),
    inline({ login_url: { url: address } }),
    inline({ switch_inline_query_current_chat: `/trust ${bob.id}` }),
    inline({ switch_inline_query: 'x' }),
    inline({ switch_inline_query_chosen_chat: { query: 'x' } }),
    { keyboard: [[`/trust ${bob.id}`]] },
    { keyboard: [[{ text: `\u200B /trust ${bob.id}` }]] },
    { keyboard: [[{ text: 'Tomorrow', web_app: { url: address } }]] },
  ]
  for (const reply_markup of refused) {
    const params = JSON.stringify({ chat_id: ada.id, text: 'Agenda', reply_markup })
    expect(await ask(driver, ada, `/raw sendMessage ${params}`)).toEqual([
      expect.stringMatching(/^PermissionError permission-missing: /),
    ])
  }
})

test('data that nobody signed, and data of another chat, is too old', async () => {
  await ask(driver, ada, `/allow ${bob.id}`)
  await ask(driver, ada, '/users')
  const page = await newest()
  const button = page.buttons.flat().find(({ text }) => text.includes(String(bob.id)))
  expect(await forgedPress(`${OLD_TAG}:${makesBobOwner()}`, page)).toContain('too old')
  expect(await forgedPress('page_2', page)).toContain('too old')
  const signed = button && 'data' in button ? (button.data ?? '') : ''
  const flipped = `${signed.slice(0, 8)}${signed[8] === 'A' ? 'B' : 'A'}${signed.slice(9)}`
  expect(await forgedPress(flipped, page)).toContain('too old')
  expect(await forgedPress(signed.replace('u:', 'w:'), page)).toContain('too old')
  expect(await forgedPress(signed, page, { id: group, type: 'group', title: 'Team' })).toContain('too old')
  // the right data in its own chat, but on another plugin's message
  await ask(driver, ada, '/agenda Tomorrow x')
  expect(await forgedPress(signed, await newest())).toContain('too old')
  expect(await forgedPress(signed, page)).toBeUndefined()
  expect(await roleOfBob()).toBe('everyone')
})

test('a plugin changes only its own messages', async () => {
  await ask(driver, ada, '/users')
  const page = await newest()
  const textOf = async (id: number): Promise<string | undefined> =>
    (await botMessages(driver, ada.id)).find((message) => message.id === id)?.text
  expect(await ask(driver, ada, `/agenda ${page.id}`)).toEqual([
    expect.stringContaining('could not be shown'),
  ])
  const target = { chat_id: ada.id, message_id: page.id }
  const attempts: [method: string, params: object][] = [
    ['editMessageText', { ...target, text: 'Harmless question' }],
    ['editMessageText', { ...target, message_id: `${page.id}`, text: 'Harmless question' }],
    ['editMessageText', { ...target, message_id: `${page.id}x`, text: 'Harmless question' }],
    ['EDITMESSAGETEXT', { ...target, text: 'Harmless question' }],
    ['editMessageReplyMarkup', target],
    ['editMessageText', { inline_message_id: 'abc', text: 'Harmless question' }],
    ['stopPoll', target],
    ['deleteMessage', target],
    ['deleteMessages', { chat_id: ada.id, message_ids: [page.id] }],
    ['deleteMessages', { chat_id: ada.id, message_ids: `[${page.id}]` }],
    ['pinChatMessage', target],
    ['pinChatMessage', { ...target, message_id: page.id + 2 ** 32 }],
    ['unpinChatMessage', target],
    ['unpinChatMessage', { chat_id: ada.id }],
  ]
  for (const [method, params] of attempts) {
    const [answer] = await ask(driver, ada, `/raw ${method} ${JSON.stringify(params)}`)
    expect([method, params, answer]).toEqual([
      method,
      params,
      expect.stringMatching(/^\w+Error (?:message-not-own|reply-invalid): /),
    ])
  }
  expect(await textOf(page.id)).toBe(page.text)
  // its own message, and one of a person, it may change as it was granted
  const own = JSON.stringify({ chat_id: ada.id, text: 'First' })
  const [, done = ''] = await ask(driver, ada, `/raw sendMessage ${own}`, 2)
  const id = Number(/\d+/.exec(done)?.[0])
  const edit = JSON.stringify({ chat_id: ada.id, message_id: id, text: 'Second' })
  expect(await ask(driver, ada, `/raw editMessageText ${edit}`)).toEqual([`done ${id}`])
  expect(await textOf(id)).toBe('Second')
  const { length } = await botMessages(driver, ada.id)
  const written = await write(driver, ada, '/who')
  await botMessages(driver, ada.id, length + 1)
  await ask(driver, ada, `/raw deleteMessage ${JSON.stringify({ ...target, message_id: written.id })}`)
  expect((await newest()).text).toBe('done')
})

test('buttons still work in the supergroup that a group became', async () => {
  await driver.post(`/chats/${group}/messages`, { userId: ada.id, text: '/agenda Tomorrow x' })
  const message = await newest(group)
  const [button] = message.buttons.flat()
  const { chatId } = await driver.post<{ chatId: number }>('/control/migrate-group', { chatId: group })
  const signed = button && 'data' in button ? (button.data ?? '') : ''
  await ask(driver, ada, '/who')
  const chat = { id: chatId, type: 'supergroup', title: 'Team' }
  // the message has another number there
  expect(await forgedPress(signed, { ...message, id: 1 }, chat)).toBeUndefined()
  expect((await newest(chatId)).text).toBe('calendar got x')
})

test('a right is given after a second question, which a restart does not forget', async () => {
  await ask(driver, ada, `/trust ${bob.id}`)
  await ask(driver, ada, '/users')
  const press = (label: string): Promise<TranscriptMessage> =>
    pressButton(driver, { chatId: ada.id, user: ada, label })
  const listed = (await newest()).buttons.flat().find(({ text }) => text.includes(String(bob.id)))
  await press(listed?.text ?? '')
  const question = await press('👑 owner')
  expect(question.text).toMatch(/^Make .*an owner\?/)
  expect(await roleOfBob()).toBe('trusted')
  await assistant.stop('SIGTERM')
  assistant = await startAssistant(home, environment)
  await press('Yes, make owner')
  expect(await roleOfBob()).toBe('owner')
})
