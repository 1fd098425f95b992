import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { stopAllPrograms } from './support/program.ts'

/** Does as it is told and reports the result. */
const SENDER = `export default class {
  static manifest = {
    commands: Object.fromEntries(['tell', 'once', 'change', 'pin', 'ban', 'buttons', 'broadcast'].map((name) => [name, { description: name }])),
    permissions: { telegram: ['pinChatMessage'] },
  }
  constructor(config, { telegram }) { this.telegram = telegram }
  async processMessage(message, { command, callback, chat }) {
    if (callback) return { success: true, response: 'pressed ' + message }
    if (!command) return undefined
    const [id, ...words] = command.args.split(' ')
    try {
      return { success: true, response: JSON.stringify(await this[command.name](Number(id), words.join(' '), chat)) }
    } catch (error) {
      return { success: true, response: error.name + ' ' + error.code }
    }
  }
  async tell(id, text) { return (await this.telegram.send(id, text)).length + ' sent' }
  async once(id, text) { return (await this.telegram.send(id, text, { key: text, until: 'kept' })).length + ' waited for' }
  async change(id, text) {
    const [{ id: messageId }] = await this.telegram.send(id, 'first')
    await this.telegram.edit(id, messageId, { text, format: 'markdown' })
    return 'changed'
  }
  async pin(id, text) { return this.telegram.call('pinChatMessage', { chat_id: id, message_id: Number(text) }) }
  async ban(id) { return this.telegram.call('banChatMember', { chat_id: id, user_id: 1 }) }
  async buttons(id) { return (await this.telegram.send(id, { text: 'choose', buttons: [[{ text: 'A', data: 'a' }]] })).length }
  async broadcast(id, count) {
    for (let index = 0; index < Number(count); index += 1) await this.telegram.send(id, 'news ' + index, { broadcast: true })
    return 'kept'
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

async function start(config: object = {}): Promise<RunningAssistant> {
  home = await createHome({
    'plugins/sender.js': SENDER,
    'config.json': config,
    'plugins_config.json': {
      enabled_plugins: { sender: true, ai_chatbot: false },
      grants: { sender: { telegram: ['pinChatMessage'] } },
    },
  })
  return restart()
}

function restart(): Promise<RunningAssistant> {
  return startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

test.each(LEVELS)(
  'a plugin in level %s writes where it has answered and where the owner lists it, and nowhere else',
  async (isolation) => {
    const cleo = await createPerson(emulator.driver, 'Cleo')
    await start({ plugin_host: { plugins: { sender: { isolation, chats: [cleo.id] } } } })
    expect(await ask(emulator.driver, ada, `/tell ${bob.id} hello`)).toEqual([
      'PermissionError permission-missing',
    ])
    // Bob is known as soon as the plugin has answered him
    await ask(emulator.driver, bob, `/tell ${bob.id} me`, 2)
    expect(await ask(emulator.driver, ada, `/tell ${bob.id} hello`)).toEqual(['"1 sent"'])
    expect((await botMessages(emulator.driver, bob.id, 3)).at(-1)?.text).toBe('hello')
    expect(await ask(emulator.driver, ada, `/change ${bob.id} *new*`)).toEqual(['"changed"'])
    expect((await botMessages(emulator.driver, bob.id, 4)).at(-1)?.text).toBe('new')
    expect(await ask(emulator.driver, ada, `/pin ${ada.id} 1`)).toEqual(['true'])
    expect(await ask(emulator.driver, ada, `/ban ${ada.id}`)).toEqual(['PermissionError permission-missing'])
    await ask(emulator.driver, ada, `/buttons ${bob.id}`)
    const choice = (await botMessages(emulator.driver, bob.id, 5)).at(-1)
    await emulator.driver.post(`/chats/${bob.id}/messages/${choice?.id}/press`, {
      userId: bob.id,
      row: 0,
      column: 0,
    })
    expect((await botMessages(emulator.driver, bob.id, 6)).at(-1)?.text).toBe('pressed a')
    // a chat that the owner lists, from its first message on
    await write(emulator.driver, cleo, 'hello')
    expect(await ask(emulator.driver, ada, `/tell ${cleo.id} news`)).toEqual(['"1 sent"'])
  },
)

test('what was kept survives kill -9 and is sent once, though the plugin asks for it again', async () => {
  const first = await start()
  await ask(emulator.driver, ada, '/tell 1 x')
  await emulator.driver.post('/faults', { kind: 'server-error', method: 'sendMessage', times: 1_000 })
  await write(emulator.driver, ada, `/once ${ada.id} daily`)
  await write(emulator.driver, ada, `/broadcast ${ada.id} 3`)
  await expect
    .poll(async () => (await fetch(`${first.url}/readyz`)).json())
    .toMatchObject({ components: { pipeline: { pending: 0, unsent: 6 } } })
  await first.stop('SIGKILL')
  await fetch(`${emulator.url}/emulator/faults`, { method: 'DELETE' })
  await restart()
  const texts = async (): Promise<string[]> =>
    (await botMessages(emulator.driver, ada.id, 7)).map(({ text }) => text)
  expect((await texts()).toSorted()).toEqual(
    [
      '"0 waited for"',
      '"kept"',
      'daily',
      'news 0',
      'news 1',
      'news 2',
      'PermissionError permission-missing',
    ].toSorted(),
  )
  expect(await ask(emulator.driver, ada, `/once ${ada.id} daily`)).toEqual(['"0 waited for"'])
  expect((await texts()).filter((text) => text === 'daily')).toEqual(['daily'])
})

test('answers overtake broadcasts, which go in order at their pace', async () => {
  await start({ telegram: { limits: { overall_per_second: 20, chat_per_second: 5 } } })
  await ask(emulator.driver, ada, `/broadcast ${ada.id} 300`)
  const startedAt = Date.now()
  await ask(emulator.driver, bob, '/tell 1 x')
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  const sent = (await botMessages(emulator.driver, ada.id, 1)).filter(({ text }) => text.startsWith('news'))
  expect(sent.length).toBeLessThan(100)
  expect(sent.map(({ text }) => text)).toEqual(sent.map((_, index) => `news ${index}`))
})
