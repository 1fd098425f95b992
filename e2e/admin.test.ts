import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import {
  answerMessage,
  ask,
  botMessages,
  createPerson,
  startEmulator,
  TOKEN,
  write,
} from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

/** Reports its configuration; refuses a greeting of one letter. */
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

/** Is switched off by its owner, and has a title that its name does not give away. */
const SLEEPER = `export default class {
  static manifest = { title: 'Night light' }
  processMessage() {}
}`

/** Cannot start without two settings. */
const NEEDY = `import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ city: z.string().describe('Where it is.'), days: z.number().max(30) }),
  commands: {
    where: {
      description: 'Where',
      execute: (_args, { config }) => ({ success: true, response: config.city + ' ' + config.days }),
    },
  },
})`

let emulator: RunningEmulator
let home: string
let ada: EmulatedUser
let bob: EmulatedUser
let assistant: RunningAssistant

async function open(): Promise<void> {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver, 'Ada')
  bob = await createPerson(emulator.driver, 'Bob')
  home = await createHome({
    'plugins/greeter.ts': GREETER,
    'plugins/sleeper.ts': SLEEPER,
    'config.json': {
      access: { mode: 'everyone', owners: [ada.id] },
      plugins: { greeter: { api_key: 'hunter2-secret' } },
    },
    'plugins_config.json': {
      enabled_plugins: { admin: true, dice: true, greeter: true, sleeper: true, ai_chatbot: false },
    },
  })
  assistant = await restart()
}

async function close(): Promise<void> {
  await stopAllPrograms()
  await removeHomes()
}

function restart(): Promise<RunningAssistant> {
  return startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

function press(chatId: number, user: EmulatedUser, label: string): Promise<TranscriptMessage> {
  return pressButton(emulator.driver, { chatId, user, label })
}

describe('in one assistant, one after another', () => {
  beforeAll(open)
  afterAll(close)

  test('the log and the people are shown in private only, without secrets', async () => {
    const { driver } = emulator
    const [log = ''] = await ask(driver, ada, '/logs 100')
    expect(log).toContain('starting in')
    expect(log).not.toContain('hunter2')
    const [errors = ''] = await ask(driver, ada, '/errors')
    // a busy machine may be worth a warning
    const others = errors
      .split('\n')
      .filter((line) => !/blocked (?:the|its) event loop|found a problem.*loop/.test(line))
    expect(['', 'No warnings or errors since the start.']).toContain(others.join('\n'))
    const group = await driver.post<{ id: number }>('/chats', {
      type: 'group',
      title: 'T',
      memberIds: [ada.id],
    })
    for (const [index, text] of ['/logs', '/users'].entries()) {
      await driver.post(`/chats/${group.id}/messages`, { userId: ada.id, text })
      expect((await botMessages(driver, group.id, index + 1))[index]?.text).toContain('in our private chat')
    }
  })

  test('nobody but owners may: not by commands, not by buttons of an owner', async () => {
    const { driver } = emulator
    for (const command of [
      '/plugins',
      '/set greeter loud true',
      '/plugins set greeter loud true here',
      '/plugins off greeter',
      '/logs',
      '/errors',
      '/users',
      `/block ${ada.id}`,
    ]) {
      expect(await ask(driver, bob, command)).toEqual([expect.stringContaining('Only the owner')])
    }
    const group = await driver.post<{ id: number }>('/chats', {
      type: 'group',
      title: 'Team',
      memberIds: [ada.id, bob.id],
    })
    await driver.post(`/chats/${group.id}/messages`, { userId: ada.id, text: '/plugins' })
    const [page] = await botMessages(driver, group.id)
    await driver.post(`/chats/${group.id}/messages/${page?.id}/press`, { userId: bob.id, row: 0, column: 0 })
    expect((await botMessages(driver, group.id, 2)).at(-1)?.text).toContain('Only the owner')
  })

  test('a message that holds a secret is deleted, and nothing is set', async () => {
    const { driver } = emulator
    const before = await readFile(join(home, 'config.json'), 'utf8')
    for (const words of ['api_key sk_live_0123456789abcdef', 'greeting sk-0123456789abcdef0123']) {
      expect(await ask(driver, ada, `/plugins set greeter ${words}`)).toEqual([
        expect.stringMatching(/\.env.*I deleted your message/),
      ])
    }
    const { messages } = await driver.get<{ messages: TranscriptMessage[] }>(`/chats/${ada.id}/messages`)
    expect(JSON.stringify(messages)).not.toContain('0123456789abcdef')
    expect(await readFile(join(home, 'config.json'), 'utf8')).toBe(before)
    expect(assistant.output()).not.toContain('0123456789abcdef')
  })

  test('a plugin is switched off in one group, and answers everywhere else', async () => {
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
    await press(group.id, ada, '🟢 Greeter')
    await press(group.id, ada, 'Switch off here')
    await say(bob, '/greet')
    expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
    expect(await botMessages(driver, group.id)).toHaveLength(1)
    await press(group.id, ada, 'Switch on here')
    await say(bob, '/greet')
    expect((await botMessages(driver, group.id, 2)).at(-1)?.text).toBe('Hello')
  })

  test('plugins of both levels are restarted, this one too', async () => {
    const { driver } = emulator
    for (const name of ['Greeter', 'Dice', 'Management']) {
      await ask(driver, ada, '/plugins')
      await press(ada.id, ada, `🟢 ${name}`)
      expect((await press(ada.id, ada, 'Restart')).text).toContain('Restarted.')
    }
    expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
    expect((await ask(driver, bob, '/roll 1d1'))[0]).toContain('1')
  })

  test('a plugin that is out for want of a key is configured by chat', async () => {
    const { driver } = emulator
    await writeFile(join(home, 'plugins', 'needy.ts'), NEEDY)
    await expect.poll(() => ask(driver, ada, '/plugins on needy')).toEqual(['needy is on.'])
    await expect
      .poll(() => ask(driver, ada, '/plugins needy'))
      .toEqual([expect.stringMatching(/config: plugins\.needy\.city.*\n.*config: plugins\.needy\.days/)])
    expect((await press(ada.id, ada, 'Configure')).text).toContain('city = (missing)\n   Where it is.')
    await ask(driver, ada, '/plugins set needy city Ulm')
    expect(await ask(driver, ada, '/plugins set needy days many')).toEqual([
      expect.stringContaining('days must be a number'),
    ])
    expect(await ask(driver, ada, '/plugins set needy days 40')).toEqual([
      expect.stringContaining('days: Too big'),
    ])
    await ask(driver, ada, '/plugins set needy days 4')
    expect(await ask(driver, bob, '/where')).toEqual(['Ulm 4'])
  })

  test('config.json stays as its people wrote it, but for what is set', async () => {
    const { driver } = emulator
    const file = join(home, 'config.json')
    const text = `{
      "access":   { "mode": "everyone", "owners": [${ada.id}] },
      "plugins": { "greeter": {"api_key":"hunter2-secret",
              "greeting": "Hi" } }
  }
  `
    await writeFile(file, text)
    await expect.poll(() => ask(driver, bob, '/greet')).toEqual(['Hi'])
    await ask(driver, ada, '/set greeter greeting Ahoy')
    expect(await readFile(file, 'utf8')).toBe(text.replace('"Hi"', '"Ahoy"'))
    expect(await ask(driver, bob, '/greet')).toEqual(['Ahoy'])
  })
})

describe('with a restart of the assistant', () => {
  beforeEach(open)
  afterEach(close)

  test('an owner switches, configures and restarts a plugin by buttons', async () => {
    const { driver } = emulator
    const listed = async (): Promise<string[]> => {
      const count = (await botMessages(driver, ada.id, 0)).length
      await ask(driver, ada, '/plugins')
      const page = (await botMessages(driver, ada.id, count + 1)).at(-1)
      return page?.buttons.flat().map(({ text }) => text) ?? []
    }
    // what never ran has a title, too
    expect(await listed()).toEqual(expect.arrayContaining(['🟢 Night light', '⚪ File details']))
    await press(ada.id, ada, '🟢 Night light')
    await press(ada.id, ada, 'Switch off')
    expect(await listed()).toContain('⚪ Night light')
    expect((await press(ada.id, ada, '🟢 Greeter')).text).toContain('in its own process')
    const settings = await press(ada.id, ada, 'Configure')
    expect(settings.text).toContain('greeting = Hello\n   The first word.')
    expect(settings.text).toContain('api_key = ••••••')
    expect(settings.text).not.toContain('hunter2')
    expect(settings.buttons.flat().map(({ text }) => text)).toEqual(['greeting', 'loud', '« Back'])
    await press(ada.id, ada, 'loud')
    expect((await press(ada.id, ada, 'true')).text).toContain('greeter.loud = true')
    expect(await ask(driver, bob, '/greet')).toEqual(['HELLO'])

    await press(ada.id, ada, '« Back')
    const page = await press(ada.id, ada, 'greeting')
    expect(await answerMessage(driver, ada, page, 'x')).toEqual([
      expect.stringContaining('greeting: Too small'),
    ])
    expect(await ask(driver, bob, '/greet')).toEqual(['HELLO'])
    expect(await answerMessage(driver, ada, page, 'Good morning')).toEqual([
      'greeter.greeting is Good morning everywhere now.',
    ])
    expect(await ask(driver, bob, '/greet')).toEqual(['GOOD MORNING'])

    await assistant.stop('SIGTERM')
    assistant = await restart()
    expect(await listed()).toContain('⚪ Night light')
    expect(await ask(driver, bob, '/greet')).toEqual(['GOOD MORNING'])
    expect(JSON.parse(await readFile(join(home, 'config.json'), 'utf8'))).toEqual({
      access: { mode: 'everyone', owners: [ada.id] },
      plugins: { greeter: { api_key: 'hunter2-secret', loud: true, greeting: 'Good morning' } },
    })
    // the message still accepts answers after a restart
    expect(await answerMessage(driver, ada, page, 'Good evening')).toEqual([
      expect.stringContaining('evening'),
    ])
    await ask(driver, ada, '/plugins unset greeter greeting')
    expect(await ask(driver, bob, '/greet')).toEqual(['HELLO'])

    await ask(driver, ada, '/plugins')
    await press(ada.id, ada, '🟢 Greeter')
    expect((await press(ada.id, ada, 'Switch off')).text).toContain('off')
    const switches = JSON.parse(await readFile(join(home, 'plugins_config.json'), 'utf8')) as object
    expect(switches).toMatchObject({ enabled_plugins: { greeter: false } })
    expect((await press(ada.id, ada, 'Switch on')).text).toMatch(/running|starting|idle/)
    expect(await ask(driver, bob, '/greet')).toEqual(['HELLO'])
  })

  test('people are blocked, let in and trusted by chat, and it lasts', async () => {
    const { driver } = emulator
    expect(await ask(driver, ada, `/block ${bob.id}`)).toEqual([`${bob.id} is now blocked.`])
    await write(driver, bob, '/greet')
    expect((await ask(driver, ada, `/block ${ada.id}`))[0]).toContain('You cannot change your own role')
    await assistant.stop('SIGTERM')
    assistant = await restart()
    await write(driver, bob, '/greet')
    expect((await ask(driver, ada, '/users'))[0]).toContain(`⛔ ${bob.id}: blocked`)
    expect(await botMessages(driver, bob.id, 0)).toEqual([])
    await press(ada.id, ada, `⛔ ${bob.id}`)
    expect((await press(ada.id, ada, '⭐ trusted')).text).toContain(`Trust ${bob.id}?`)
    expect((await press(ada.id, ada, 'Yes, trust')).text).toContain('is now trusted')
    expect(await ask(driver, bob, '/greet')).toEqual(['Hello'])
  })
})
