import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

const WHO = `export default class {
  static manifest = { commands: { who: { description: 'Your role' } } }
  processMessage(message, { command, role }) {
    return command?.name === 'who' ? { success: true, response: role + ' ' + command.args } : undefined
  }
}`

let emulator: RunningEmulator
let model: ObedientModel
let home: string
let assistant: RunningAssistant
let ada: EmulatedUser
let bob: EmulatedUser

beforeAll(async () => {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver, 'Ada')
  bob = await emulator.driver.post<EmulatedUser>('/users', { firstName: 'Bob', username: 'bob_b' })
  home = await createHome({
    'plugins/who.js': WHO,
    'plugins_config.json': { enabled_plugins: { who: true, admin: true } },
    // a server on this machine costs nothing unless the owner says so
    'prices.json': { models: { 'openai-compatible:*': { input: 1, output: 1 } } },
  })
  model = await startObedientModel(() => ({ text: 'The model speaks.' }))
  await restart()
})

afterAll(async () => {
  await stopAllPrograms()
  await model.close()
  await removeHomes()
})

async function restart(): Promise<void> {
  const telegram = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url }
  assistant = await startAssistant(home, { ...telegram, OPENAI_BASE_URL: model.url })
}

const press = (label: string): Promise<TranscriptMessage> =>
  pressButton(emulator.driver, { chatId: ada.id, user: ada, label })

/** Waits until the owner reads it, and returns the message. */
async function adaReads(text: string): Promise<TranscriptMessage> {
  let found: TranscriptMessage | undefined
  await expect
    .poll(
      async () => {
        found = (await botMessages(emulator.driver, ada.id, 0)).findLast((message) =>
          message.text.includes(text),
        )
        return found !== undefined
      },
      { timeout: 60_000 },
    )
    .toBe(true)
  return found as TranscriptMessage
}

const textsFor = async (user: EmulatedUser, count: number): Promise<string[]> =>
  (await botMessages(emulator.driver, user.id, count)).map(({ text }) => text)

test('until somebody owns the bot everybody is answered; then the owner is asked who may', async () => {
  const { driver } = emulator
  const [, code = ''] = await assistant.waitFor(/\/pair ([0-9A-Z]{4}-[0-9A-Z]{4})/)
  expect(await ask(driver, bob, '/who before')).toEqual(['everyone before'])
  // but the model that costs money answers nobody, and says what to do
  expect(await ask(driver, bob, 'Hello')).toEqual([
    expect.stringMatching(/I don't have an owner yet.*\/pair.*terminal/),
  ])
  expect(model.requests).toEqual([])
  // people copy the code without the command, or the command without the code
  expect(await ask(driver, ada, '/pair')).toEqual([expect.stringContaining('/pair CODE')])
  await write(driver, ada, `<${code.toLowerCase()}>`)
  const page = await adaReads("You're now the owner. Who may use me?")
  expect(page.buttons.map((row) => row.map(({ text }) => text))).toEqual([
    ['Only me'],
    ['● People I let in'],
    ['Everyone'],
  ])
  expect(await ask(driver, ada, 'Hello')).toEqual(['The model speaks.'])
})

test('a new person is announced once with Allow and Block; after Allow what they wrote is answered, and nothing is lost on kill -9', async () => {
  const { driver } = emulator
  expect(await ask(driver, bob, '/who first')).toEqual([expect.stringContaining("I've told the owner")])
  await write(driver, bob, '/who second')
  const knock = await adaReads('Bob (@bob_b) wants to talk to me.')
  expect(knock.buttons.map((row) => row.map(({ text }) => text))).toEqual([['✅ Allow', '⛔ Block']])
  await assistant.stop('SIGKILL')
  await restart()
  await press('✅ Allow')
  await adaReads('✅ Bob (@bob_b) may talk to me now.')
  // the message in flight at the kill may be sent twice
  await expect
    .poll(async () => (await textsFor(bob, 5)).slice(-2), { timeout: 60_000 })
    .toEqual(['everyone first', 'everyone second'])
  expect(await ask(driver, bob, '/who third')).toEqual(['everyone third'])
  expect((await textsFor(ada, 0)).filter((text) => text.includes('wants to talk'))).toEqual([])
})

test('whoever is blocked hears nothing more, and their messages are gone', async () => {
  const { driver } = emulator
  const eve = await createPerson(driver, 'Eve @owner')
  await ask(driver, eve, '/who let me in')
  await adaReads('Eve owner wants to talk to me.')
  await press('⛔ Block')
  await adaReads('⛔ Eve owner is blocked.')
  await write(driver, eve, '/who again')
  expect(await ask(driver, bob, '/who since')).toEqual(['everyone since'])
  expect(await textsFor(eve, 1)).toHaveLength(1)
  const [users = ''] = await ask(driver, ada, '/users')
  expect(users).toContain(`✅ Bob (@bob_b) · ${bob.id}: allowed`)
  expect(users).toContain(`⛔ Eve owner · ${eve.id}: blocked`)
  expect(users).toContain(`👑 Ada · ${ada.id}: owner`)
  expect(await ask(driver, ada, '/block @bob_b')).toEqual([`Bob (@bob_b) (${bob.id}) is now blocked.`])
  expect(await ask(driver, ada, '/allow @BOB_B')).toEqual([`Bob (@bob_b) (${bob.id}) is now allowed.`])
})

test('a group hears nothing until an owner lets it in, by the message about it or by a word inside', async () => {
  const { driver } = emulator
  const cleo = await createPerson(driver, 'Cleo')
  const createGroup = async (title: string): Promise<number> =>
    (await driver.post<{ id: number }>('/chats', { type: 'group', title, memberIds: [ada.id, cleo.id] })).id
  const team = await createGroup('Team')
  const say = (chatId: number, user: EmulatedUser, text: string, replyToMessageId?: number) =>
    driver.post<TranscriptMessage>(`/chats/${chatId}/messages`, { userId: user.id, text, replyToMessageId })
  await say(team, cleo, '/who')
  await adaReads('Cleo wrote to me in the group “Team”.')
  expect(await botMessages(driver, team, 0)).toEqual([])
  await press('✅ Allow')
  await adaReads('✅ Team may talk to me now.')
  const spam = await say(team, cleo, '/who now')
  expect((await botMessages(driver, team))[0]?.text).toBe('everyone now')
  // an owner who answers a message decides about its author
  await say(team, ada, '/block', spam.id)
  expect((await botMessages(driver, team, 2))[1]?.text).toBe(`Cleo (${cleo.id}) is now blocked.`)
})

test('who may use it is chosen with buttons, and holds after a restart', async () => {
  const { driver } = emulator
  await press('Everyone')
  const dora = await createPerson(driver, 'Dora')
  expect(await ask(driver, dora, '/who')).toEqual(['everyone'])
  await press('Only me')
  const finn = await createPerson(driver, 'Finn')
  await assistant.stop()
  await restart()
  expect(await ask(driver, finn, '/who')).toEqual(['This is a private bot.'])
  expect(await ask(driver, ada, '/who')).toEqual(['owner'])
  expect((await textsFor(ada, 0)).join('\n')).not.toContain('Finn')
  await press('People I let in')
  expect(await ask(driver, bob, '/who back')).toEqual(['everyone back'])
})

test('each sees the commands that they may use, and plugins by their titles', async () => {
  const { driver, url } = emulator
  const menuOf = async (scope: object): Promise<string[]> => {
    const response = await fetch(`${url}/bot${TOKEN}/getMyCommands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ scope }),
    })
    const { result } = (await response.json()) as { result: { command: string }[] }
    return result.map(({ command }) => command)
  }
  await expect.poll(() => menuOf({ type: 'chat', chat_id: ada.id })).toContain('plugins')
  for (const scope of [{ type: 'default' }, { type: 'all_group_chats' }]) {
    expect(await menuOf(scope)).toContain('who')
    expect(await menuOf(scope)).not.toContain('plugins')
  }
  expect(await menuOf({ type: 'chat', chat_id: bob.id })).toEqual([])
  const [help = ''] = await ask(driver, bob, '/help')
  expect(help).toContain('/who')
  const [ownHelp = ''] = await ask(driver, ada, '/help')
  expect(ownHelp).toMatch(/Management\n\/plugins/)
  for (const text of [help, ownHelp])
    expect(text).not.toMatch(/\b(?:ai_chatbot|approvals|assistant|people)\b/)
  expect(help).not.toMatch(/\/plugins|\/users|\/logs|Management/)
  expect(await ask(driver, bob, '/status')).toEqual([expect.stringMatching(/^✅ .* works\.$/)])
  const [status = ''] = await ask(driver, ada, '/status')
  expect(status).toMatch(/^Working\. Last message \d+ s ago, last answer \d+ s ago\./)
  expect(status).toContain('🟢 Management')
  expect(await ask(driver, bob, '/plugins')).toEqual(['⚠️ Only the owner can do that.'])
  // who becomes trusted or an owner has a menu of their own, as long as they are
  await ask(driver, ada, `/trust ${bob.id}`)
  await expect.poll(() => menuOf({ type: 'chat', chat_id: bob.id })).toContain('who')
  await ask(driver, ada, `/allow ${bob.id}`)
  await expect.poll(() => menuOf({ type: 'chat', chat_id: bob.id })).toEqual([])
  // also when the role was lost while the assistant did not run
  await writeFile(join(home, 'config.json'), JSON.stringify({ access: { trusted: [bob.id] } }))
  await expect.poll(() => menuOf({ type: 'chat', chat_id: bob.id })).toContain('who')
  await assistant.stop()
  await rm(join(home, 'config.json'))
  await restart()
  await expect.poll(() => menuOf({ type: 'chat', chat_id: bob.id })).toEqual([])
})

test('a flood of strangers is announced in a few messages', async () => {
  const { driver } = emulator
  const before = (await botMessages(driver, ada.id)).length
  for (let count = 0; count < 12; count += 1) {
    const stranger = await createPerson(driver, `Stranger ${count}`)
    expect(await ask(driver, stranger, '/who')).toEqual([expect.stringContaining("I've told the owner")])
  }
  await adaReads('More people want to talk to me.')
  expect(await botMessages(driver, ada.id)).toHaveLength(before + 6)
  const list = await press('Show them')
  expect(list.text).toBe('These people want to talk to me:')
  expect(list.buttons.length).toBeGreaterThan(11)
  await press('Stranger 11')
  await press('✅ Allow')
  await adaReads('✅ Stranger 11 may talk to me now.')
})
