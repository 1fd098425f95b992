import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const WHO = `export default class {
  static manifest = { commands: { who: { description: 'Your role' } } }
  processMessage(message, { command, role }) {
    return command ? { success: true, response: role } : undefined
  }
}`

let emulator: RunningEmulator
let home: string
let ada: EmulatedUser
let bob: EmulatedUser

beforeEach(async () => {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver, 'Ada')
  bob = await createPerson(emulator.driver, 'Bob')
})

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

async function start(access: object = {}): Promise<RunningAssistant> {
  home = await createHome({
    'plugins/who.js': WHO,
    'config.json': { access },
    'plugins_config.json': { enabled_plugins: { who: true, ai_chatbot: false } },
  })
  return restart()
}

function restart(): Promise<RunningAssistant> {
  return startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

/** With both people in it. */
async function createGroup(): Promise<number> {
  const { id } = await emulator.driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'Team',
    memberIds: [ada.id, bob.id],
  })
  return id
}

test('the code of the first start makes one owner, for good; it is taken in private only, in small letters too, and not guessed', async () => {
  const { driver } = emulator
  const first = await start()
  const [, code = ''] = await first.waitFor(/\/pair ([0-9A-Z]{4}-[0-9A-Z]{4})/)
  const group = await createGroup()
  await driver.post(`/chats/${group}/messages`, { userId: ada.id, text: `/pair ${code}` })
  expect(await ask(driver, ada, '/who')).toEqual(['everyone'])
  for (let guess = 0; guess < 5; guess += 1)
    expect(await ask(driver, bob, `/pair AAAA-AAA${guess + 2}`)).toEqual([
      expect.stringContaining('Wrong code'),
    ])
  // after too many wrong guesses, even the right code is refused
  expect(await ask(driver, bob, `/pair ${code}`)).toEqual([expect.stringContaining('Wrong code')])
  expect(await ask(driver, ada, `/pair ${code.toLowerCase().replace('-', ' ')}`)).toEqual([
    expect.stringContaining("You're now the owner"),
  ])
  const cleo = await createPerson(driver, 'Cleo')
  expect(await ask(driver, cleo, `/pair ${code}`)).toEqual([expect.stringContaining('has expired')])
  expect(await ask(driver, ada, '/who')).toEqual(['owner'])
  expect(await ask(driver, bob, '/who')).toEqual([expect.stringContaining('a private bot')])
  expect(first.output().split(code).length).toBe(2)
  await first.stop('SIGTERM')
  const second = await restart()
  expect(await ask(driver, ada, '/who')).toEqual(['owner'])
  expect(second.output()).not.toContain('/pair')
})

test('only listed people are answered, and a change of config.json counts at once', async () => {
  const assistant = await start({ mode: 'listed', owners: [ada.id] })
  expect(assistant.output()).not.toContain('/pair')
  expect(await ask(emulator.driver, ada, '/who')).toEqual(['owner'])
  expect(await ask(emulator.driver, bob, '/who')).toEqual([expect.stringContaining('a private bot')])
  await write(emulator.driver, bob, '/who')
  const access = { mode: 'listed', owners: [ada.id], trusted: [bob.id] }
  await writeFile(join(home, 'config.json'), JSON.stringify({ access }))
  // what waited is answered as soon as config.json lets him in
  const texts = (await botMessages(emulator.driver, bob.id, 3)).map(({ text }) => text)
  expect(texts).toEqual([expect.stringContaining('a private bot'), 'trusted', 'trusted'])
})

test('a group that became a supergroup stays allowed and keeps its model', async () => {
  const { driver } = emulator
  const group = await createGroup()
  home = await createHome({
    'plugins/who.js': WHO,
    'config.json': {
      access: { mode: 'listed', owners: [ada.id] },
      ai: {
        model: 'demo',
        choices: ['near:small'],
        providers: { near: { base_url: 'http://127.0.0.1:9/v1' } },
      },
    },
    'plugins_config.json': { enabled_plugins: { who: true, admin: true } },
  })
  await restart()
  const say = (chatId: number, user: EmulatedUser, text: string) =>
    driver.post(`/chats/${chatId}/messages`, { userId: user.id, text })
  await say(group, bob, '/who')
  await say(group, ada, '/allow')
  expect((await botMessages(driver, group))[0]?.text).toContain('is now allowed')
  await say(group, ada, '/model near:small')
  await botMessages(driver, group, 2)
  const { chatId } = await driver.post<{ chatId: number }>('/control/migrate-group', { chatId: group })
  await say(chatId, bob, '/who')
  expect((await botMessages(driver, chatId))[0]?.text).toBe('everyone')
  await say(chatId, ada, '/model')
  expect((await botMessages(driver, chatId, 2))[1]?.text).toContain('● near:small')
})

const ASKER = `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  commands: { ask: { description: 'Ask' } },
  setup: () => ({
    processMessage(message, { callback, command }) {
      if (callback) return { success: true, response: 'pressed ' + callback.data }
      return command ? { success: true, response: { text: 'Well?', buttons: [[{ text: 'Yes', data: 'yes' }]] } } : undefined
    },
  }),
})`

test('who is blocked is heard nowhere: not in groups, not by buttons, not by edits', async () => {
  const { driver } = emulator
  home = await createHome({
    'plugins/who.js': WHO,
    'plugins/asker.js': ASKER,
    'config.json': { access: { mode: 'everyone', owners: [ada.id] } },
    'plugins_config.json': { enabled_plugins: { who: true, asker: true, admin: true, ai_chatbot: false } },
  })
  await restart()
  const group = await createGroup()
  expect(await ask(driver, bob, '/ask')).toEqual(['Well?'])
  const mine = await write(driver, bob, 'nothing')
  expect((await botMessages(driver, bob.id, 2)).at(-1)?.text).toContain('None of my plugins')
  await ask(driver, ada, `/block ${bob.id}`)
  const [question] = await botMessages(driver, bob.id)
  await driver.post(`/chats/${bob.id}/messages/${question?.id}/press`, {
    userId: bob.id,
    row: 0,
    column: 0,
  })
  await fetch(`${emulator.url}/emulator/chats/${bob.id}/messages/${mine.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: bob.id, text: '/who' }),
  })
  await write(driver, bob, '/who')
  await driver.post(`/chats/${group}/messages`, { userId: bob.id, text: '/who' })
  await driver.post(`/chats/${group}/messages`, { userId: ada.id, text: '/who' })
  expect((await botMessages(driver, group)).map(({ text }) => text)).toEqual(['owner'])
  expect(await botMessages(driver, bob.id)).toHaveLength(2)
})

test('an allowed group lets everybody in it write, and nobody elsewhere; a blocked user is ignored', async () => {
  const { driver } = emulator
  const [inside, outside] = [await createGroup(), await createGroup()]
  const cleo = await createPerson(driver, 'Cleo')
  await start({ mode: 'listed', owners: [ada.id], allowed_groups: [inside], blocked: [cleo.id] })
  await write(driver, cleo, '/who')
  for (const chat of [outside, inside])
    await driver.post(`/chats/${chat}/messages`, { userId: bob.id, text: '/who' })
  expect((await botMessages(driver, inside)).map(({ text }) => text)).toEqual(['everyone'])
  expect(await ask(driver, bob, '/who')).toEqual([expect.stringContaining('a private bot')])
  await driver.post(`/chats/${outside}/messages`, { userId: ada.id, text: '/who' })
  expect((await botMessages(driver, outside)).map(({ text }) => text)).toEqual(['owner'])
  expect(await botMessages(driver, cleo.id, 0)).toEqual([])
})
