import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

/** Reports its configuration from every place where a plugin can read it. */
const GREETER = `import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z
    .object({
      greeting: z.string().min(2).default('Hello').describe('The first word.'),
      farewell: z.string().default('Bye'),
      loud: z.boolean().default(false),
      most: z.int().default(3),
      least: z.int().default(1),
      api_key: z.string().default('unset'),
    })
    .refine(({ least, most }) => least <= most, { message: 'is more than most', path: ['least'] }),
  perChat: ['greeting', 'loud', 'least', 'api_key'],
  permissions: { schedule: true },
  commands: {
    greet: {
      description: 'Greet',
      execute: (_args, { config }) => ({ success: true, response: config.loud ? config.greeting.toUpperCase() : config.greeting }),
    },
    of: {
      description: 'What holds in a chat',
      async execute(args, { services }) {
        const { greeting } = await services.config.forChat(Number(args))
        return { success: true, response: greeting }
      },
    },
  },
  patterns: [/^hello/],
  setup: ({ config }) => ({
    processMessage: (message, context) =>
      message.startsWith('hello')
        ? { success: true, response: context.config.greeting + '/' + config.greeting }
        : undefined,
  }),
})`

/** The class form, whose schema has no types. */
const CLASSY = `import { defineManifest, z } from '@pluggram/sdk'
export default class {
  static manifest = defineManifest({
    config: z.object({ word: z.string().default('general') }),
    perChat: ['word'],
    commands: { classy: { description: 'Say it' } },
  })
  processMessage(_message, { command, config }) {
    return command ? { success: true, response: config.word } : undefined
  }
}`

let emulator: RunningEmulator
let ada: EmulatedUser
let bob: EmulatedUser
let assistant: RunningAssistant
let home: string

async function start(isolation: 'inline' | 'process'): Promise<void> {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver, 'Ada')
  bob = await createPerson(emulator.driver, 'Bob')
  home = await createHome({
    'plugins/greeter.ts': GREETER,
    'plugins/classy.js': CLASSY,
    'config.json': {
      access: { mode: 'everyone', owners: [ada.id] },
      plugin_host: { plugins: { greeter: { isolation }, classy: { isolation } } },
    },
    'plugins_config.json': {
      enabled_plugins: { admin: true, greeter: true, classy: true, ai_chatbot: false },
      grants: { greeter: { schedule: true } },
    },
  })
  await restart()
}

async function close(): Promise<void> {
  await stopAllPrograms()
  await removeHomes()
}

async function restart(): Promise<void> {
  assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

async function createGroup(): Promise<number> {
  const group = await emulator.driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'Team',
    memberIds: [ada.id, bob.id],
  })
  return group.id
}

/** The answer in a group. */
async function askIn(chatId: number, user: EmulatedUser, text: string): Promise<string | undefined> {
  const before = await botMessages(emulator.driver, chatId, 0)
  await emulator.driver.post(`/chats/${chatId}/messages`, { userId: user.id, text })
  return (await botMessages(emulator.driver, chatId, before.length + 1)).at(-1)?.text
}

describe.each(LEVELS)('a plugin that runs %s, over a restart', (isolation) => {
  beforeEach(() => start(isolation))
  afterEach(close)

  test('has another configuration in one chat, from the next message on and for good', async () => {
    const { driver } = emulator
    const group = await createGroup()
    expect(await askIn(group, ada, '/plugins set greeter greeting Ahoy there here')).toBe(
      'greeter.greeting is Ahoy there in this chat now.',
    )
    await askIn(group, ada, '/plugins set greeter loud true here')
    await askIn(group, ada, '/plugins set classy word special here')
    expect(await askIn(group, bob, '/greet')).toBe('AHOY THERE')
    expect(await askIn(group, bob, '/classy')).toBe('special')
    expect(await askIn(group, bob, 'hello bot')).toBe('Ahoy there/Hello')
    expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
    expect(await ask(driver, bob, '/classy')).toEqual(['general'])
    expect(await ask(driver, bob, `/of ${group}`)).toEqual(['Ahoy there'])
    expect(await readFile(join(home, 'config.json'), 'utf8')).not.toContain('Ahoy')

    await assistant.stop('SIGTERM')
    await restart()
    expect(await askIn(group, bob, '/greet')).toBe('AHOY THERE')

    // the setting for everywhere applies where the chat has none of its own
    await ask(driver, ada, '/plugins set greeter greeting Servus')
    expect(await askIn(group, bob, '/greet')).toBe('AHOY THERE')
    await askIn(group, ada, '/plugins unset greeter greeting here')
    expect(await askIn(group, bob, '/greet')).toBe('SERVUS')
    expect(await ask(driver, bob, '/greet')).toEqual(['Servus'])

    const { chatId } = await driver.post<{ chatId: number }>('/control/migrate-group', { chatId: group })
    expect(await askIn(chatId, bob, '/greet')).toBe('SERVUS')
  })
})

describe.each(LEVELS)('a plugin that runs %s, in one assistant', (isolation) => {
  beforeAll(() => start(isolation))
  afterAll(close)

  test('refuses for a chat what its schema or its author does not allow, and names it', async () => {
    const { driver } = emulator
    const set = async (words: string): Promise<string | undefined> =>
      (await ask(driver, ada, `/plugins set greeter ${words} here`))[0]
    expect(await set('greeting x')).toMatch(/greeting: Too small: expected string to have >=2 characters/)
    expect(await set('loud perhaps')).toContain('loud must be a boolean')
    // validation covers the whole block, not only the key
    expect(await set('least 4')).toContain('least: is more than most')
    expect(await set('farewell Tschüss')).toContain('These can: greeting, loud, least.')
    expect(await set('greting Ahoy')).toContain('no key greting. It has: greeting, farewell')
    expect(await set('api_key 12345678')).toContain('.env')
    for (const command of ['/plugins set greeter loud true here', '/plugins greeter'])
      expect(await ask(driver, bob, command)).toEqual([expect.stringContaining('Only the owner')])
    expect(await ask(driver, ada, '/greet')).toEqual(['Hello'])
  })

  test('in a group a key is set by buttons and an answer', async () => {
    const group = await createGroup()
    await askIn(group, ada, '/plugins')
    const press = (label: string) => pressButton(emulator.driver, { chatId: group, user: ada, label })
    await press('🟢 Greeter')
    const settings = await press('Configure here')
    expect(settings.buttons.flat().map(({ text }) => text)).toEqual(['greeting', 'loud', 'least', '« Back'])
    const page = await press('greeting')
    const before = (await botMessages(emulator.driver, group, 0)).length
    const answer = (user: EmulatedUser, text: string) =>
      emulator.driver.post(`/chats/${group}/messages`, { userId: user.id, text, replyToMessageId: page.id })
    await answer(bob, 'Moin')
    expect((await botMessages(emulator.driver, group, before + 1)).at(-1)?.text).toContain('Only the owner')
    await answer(ada, 'Moin moin')
    expect((await botMessages(emulator.driver, group, before + 2)).at(-1)?.text).toContain(
      'Moin moin in this chat',
    )
    expect(await askIn(group, bob, '/greet')).toBe('Moin moin')
    await press('« Back')
    await press('greeting')
    expect((await press('Same as everywhere')).text).toContain('= Hello')
    expect(await askIn(group, bob, '/greet')).toBe('Hello')
  })

  test('the command line sets the same, through the running assistant', async () => {
    const { driver } = emulator
    const run = (...args: string[]) => runCommand(home, 'plugins', ...args)
    const chat = `--chat=${bob.id}`
    expect(await run('set', 'greeter', 'greeting', 'Grüezi', chat)).toMatchObject({ code: 0 })
    expect(await ask(driver, bob, '/greet')).toEqual(['Grüezi'])
    expect(await ask(driver, ada, '/greet')).toEqual(['Hello'])
    expect(await run('set', 'greeter', 'most', '9')).toMatchObject({ code: 0 })
    expect(JSON.parse(await readFile(join(home, 'config.json'), 'utf8'))).toMatchObject({
      plugins: { greeter: { most: 9 } },
    })
    const { output } = await run('settings', 'greeter', chat)
    expect(output).toMatch(/greeting\s+Grüezi/)
    expect(output).toMatch(/most\s+9/)
    expect(output).not.toContain('unset')
    const refused = await run('set', 'greeter', 'greeting', 'x', chat)
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('greeting: Too small') })
    expect(await run('unset', 'greeter', 'greeting', chat)).toMatchObject({ code: 0 })
    expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
    expect(await run('set', 'nobody', 'a', 'b')).toMatchObject({
      code: 1,
      output: expect.stringContaining('no plugin nobody'),
    })
    await assistant.stop('SIGTERM')
    expect(await run('set', 'greeter', 'most', '4')).toMatchObject({
      code: 69,
      output: expect.stringContaining('npx pluggram start'),
    })
  })
})
