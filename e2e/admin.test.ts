import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

/** Says its configuration; refuses a greeting of one letter. */
const GREETER = `import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({
    greeting: z.string().min(2).default('Hello').describe('The first word.'),
    loud: z.boolean().default(false),
    api_key: z.string().default(''),
  }),
  commands: { greet: { description: 'Greet' } },
  setup: ({ config }) => ({
    processMessage: (message, { command }) =>
      command ? { success: true, response: config.loud ? config.greeting.toUpperCase() : config.greeting } : undefined,
  }),
})`

let emulator: RunningEmulator
let home: string
let ada: EmulatedUser
let bob: EmulatedUser
let assistant: RunningAssistant

beforeEach(async () => {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver, 'Ada')
  bob = await createPerson(emulator.driver, 'Bob')
  home = await createHome({
    'plugins/greeter.ts': GREETER,
    'config.json': { access: { owners: [ada.id] }, plugins: { greeter: { api_key: 'hunter2-secret' } } },
    'plugins_config.json': { enabled_plugins: { admin: true, dice: true, greeter: true, ai_chatbot: false } },
  })
  assistant = await restart()
})

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

function restart(): Promise<RunningAssistant> {
  return startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

/** Presses the button with that label under the newest message that has it, and gives the message as it is then. */
async function press(chatId: number, user: EmulatedUser, label: string): Promise<TranscriptMessage> {
  const find = (messages: readonly TranscriptMessage[], id?: number): TranscriptMessage | undefined =>
    messages.findLast((message) =>
      id === undefined ? message.buttons.flat().some(({ text }) => text === label) : message.id === id,
    )
  const message = find(await botMessages(emulator.driver, chatId))
  if (!message) throw new Error(`no button ${label}`)
  const row = message.buttons.findIndex((buttons) => buttons.some(({ text }) => text === label))
  const column = message.buttons[row]?.findIndex(({ text }) => text === label)
  await emulator.driver.post(`/chats/${chatId}/messages/${message.id}/press`, {
    userId: user.id,
    row,
    column,
  })
  let now: TranscriptMessage | undefined
  await expect
    .poll(
      async () => {
        now = find(await botMessages(emulator.driver, chatId), message.id)
        return JSON.stringify([now?.text, now?.buttons])
      },
      { timeout: 10_000 },
    )
    .not.toBe(JSON.stringify([message.text, message.buttons]))
  return now ?? message
}

test('an owner switches, configures and restarts a plugin by buttons', { timeout: 60_000 }, async () => {
  const { driver } = emulator
  await ask(driver, ada, '/plugins')
  expect((await press(ada.id, ada, '🟢 greeter')).text).toContain('in a process of its own')
  const settings = await press(ada.id, ada, 'Configure')
  expect(settings.text).toContain('greeting = Hello')
  expect(settings.text).toContain('api_key = ••••••')
  expect(settings.text).not.toContain('hunter2')
  expect(settings.buttons.flat().map(({ text }) => text)).toEqual(['greeting', 'loud', '« Back'])
  await press(ada.id, ada, 'loud')
  expect((await press(ada.id, ada, 'true')).text).toContain('greeter.loud = true')
  expect(await ask(driver, bob, '/greet')).toEqual(['HELLO'])
  expect(await ask(driver, ada, '/set greeter greeting Good morning')).toEqual(['greeter.greeting is set.'])
  expect(await ask(driver, bob, '/greet')).toEqual(['GOOD MORNING'])
  expect((await ask(driver, ada, '/set greeter greeting x'))[0]).toMatch(/greeting/)
  expect(await ask(driver, bob, '/greet')).toEqual(['GOOD MORNING'])
  expect((await ask(driver, ada, '/set greeter api_key 12345678'))[0]).toContain('.env')

  await assistant.stop('SIGTERM')
  assistant = await restart()
  expect(await ask(driver, bob, '/greet')).toEqual(['GOOD MORNING'])
  expect(await readFile(join(home, 'config.json'), 'utf8')).not.toContain('morning')
  await press(ada.id, ada, 'Back to config.json')
  expect(await ask(driver, bob, '/greet')).toEqual(['Good morning'])

  await ask(driver, ada, '/plugins')
  await press(ada.id, ada, '🟢 greeter')
  expect((await press(ada.id, ada, 'Switch off')).text).toContain('off')
  const switches = JSON.parse(await readFile(join(home, 'plugins_config.json'), 'utf8')) as object
  expect(switches).toMatchObject({ enabled_plugins: { greeter: false } })
  expect((await press(ada.id, ada, 'Switch on')).text).toMatch(/running|starting|idle/)
  expect(await ask(driver, bob, '/greet')).toEqual(['Good morning'])
})

test('plugins of both levels are started anew, this one too', { timeout: 30_000 }, async () => {
  const { driver } = emulator
  for (const name of ['greeter', 'dice', 'admin']) {
    await ask(driver, ada, '/plugins')
    await press(ada.id, ada, `🟢 ${name}`)
    expect((await press(ada.id, ada, 'Restart')).text).toContain('started anew')
  }
  expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
  expect((await ask(driver, bob, '/roll 1d1'))[0]).toContain('1')
})

test('nobody but owners may: not by commands, not by buttons of an owner', { timeout: 30_000 }, async () => {
  const { driver } = emulator
  for (const command of [
    '/plugins',
    '/set greeter loud true',
    '/logs',
    '/errors',
    '/users',
    `/block ${ada.id}`,
  ]) {
    expect(await ask(driver, bob, command)).toEqual([expect.stringContaining('Only an owner')])
  }
  const group = await driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'Team',
    memberIds: [ada.id, bob.id],
  })
  await driver.post(`/chats/${group.id}/messages`, { userId: ada.id, text: '/plugins' })
  const [page] = await botMessages(driver, group.id)
  await driver.post(`/chats/${group.id}/messages/${page?.id}/press`, { userId: bob.id, row: 0, column: 0 })
  expect((await botMessages(driver, group.id, 2)).at(-1)?.text).toContain('Only an owner')
})

test('a plugin is switched off in one group, and answers everywhere else', { timeout: 30_000 }, async () => {
  const { driver } = emulator
  const group = await driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'Team',
    memberIds: [ada.id, bob.id],
  })
  const say = (user: EmulatedUser, text: string) =>
    driver.post(`/chats/${group.id}/messages`, { userId: user.id, text })
  await say(ada, '/plugins')
  await botMessages(driver, group.id)
  await press(group.id, ada, '🟢 greeter')
  await say(bob, '/greet')
  expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
  expect(await botMessages(driver, group.id)).toHaveLength(1)
  await press(group.id, ada, '🌑 greeter')
  await say(bob, '/greet')
  expect((await botMessages(driver, group.id, 2)).at(-1)?.text).toBe('Hello')
})

test('people are blocked, let in and trusted by chat, and it lasts', { timeout: 30_000 }, async () => {
  const { driver } = emulator
  expect(await ask(driver, ada, `/block ${bob.id}`)).toEqual([`${bob.id} is blocked from now on.`])
  await write(driver, bob, '/greet')
  expect((await ask(driver, ada, `/block ${ada.id}`))[0]).toContain('That is you')
  await assistant.stop('SIGTERM')
  assistant = await restart()
  await write(driver, bob, '/greet')
  expect((await ask(driver, ada, '/users'))[0]).toContain(`⛔ ${bob.id}: blocked`)
  expect(await botMessages(driver, bob.id, 0)).toEqual([])
  await press(ada.id, ada, `⛔ ${bob.id}`)
  expect((await press(ada.id, ada, '⭐ trusted')).text).toContain('trusted')
  expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
})

test('the log is shown in private only, without secrets', { timeout: 30_000 }, async () => {
  const { driver } = emulator
  const [log = ''] = await ask(driver, ada, '/logs 100')
  expect(log).toContain('starting in')
  expect(log).not.toContain('hunter2')
  expect((await ask(driver, ada, '/errors'))[0]).toBeDefined()
  const group = await driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'T',
    memberIds: [ada.id],
  })
  await driver.post(`/chats/${group.id}/messages`, { userId: ada.id, text: '/logs' })
  expect((await botMessages(driver, group.id))[0]?.text).toContain('private chat only')
})
