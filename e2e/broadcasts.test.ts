import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'
import { watchChats } from './reliability/support/watch-chats.ts'
import type { ChatWatch } from './reliability/support/watch-chats.ts'

let seen: ChatWatch | undefined

afterEach(async () => {
  await seen?.close()
  await stopAllPrograms()
  await removeHomes()
})

const NEWS = `
import { definePlugin } from '@pluggram/sdk'
export default definePlugin({
  permissions: { telegram: ['sendMessage'] },
  commands: { news: { description: 'Sends the news to all chats' } },
  setup: ({ services }) => ({
    async processMessage(_text, { command }) {
      const chats = (command?.args ?? '').split(',').map(Number)
      for (const chat of chats) await services.telegram.send(chat, 'news for ' + chat, { broadcast: true })
      return { success: true, response: 'all is kept' }
    },
  }),
})
`

const PEOPLE = long(60, 240)
const KILLS = long(2, 10)
/** How many broadcasts may be on their way at a time. */
const ON_THE_WAY = 4

test('a kill during a broadcast repeats only the few messages that were on their way, and loses none', async () => {
  const { url, driver } = await startEmulator()
  const home = await createHome({
    'plugins/news.ts': NEWS,
    'plugins_config.json': { enabled_plugins: { news: true } },
  })
  await grant(home, 'news')
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const owner = await createPerson(driver)
  const people: EmulatedUser[] = []
  for (let number = 0; number < PEOPLE; number++) people.push(await createPerson(driver, `Person ${number}`))
  const { replies } = (seen = await watchChats(url))
  const news = (): string[] => replies.map(({ text }) => text).filter((text) => text.startsWith('news'))
  // the calls take as long as over a real network, so that several are on their way at once
  await driver.post('/faults', { kind: 'delay', ms: 100, method: 'sendMessage', times: 10_000 })

  let assistant = await startAssistant(home, environment)
  // the bot may write to people who wrote to it once
  for (const person of people) await write(driver, person, '/start')
  await expect.poll(() => new Set(replies.map(({ chatId }) => chatId)).size).toBe(PEOPLE)
  await write(driver, owner, `/news ${people.map(({ id }) => id).join(',')}`)
  await botMessages(driver, owner.id)
  for (let kill = 1; kill <= KILLS; kill++) {
    const before = new Set(news()).size
    await expect.poll(() => new Set(news()).size, { interval: 3 }).toBeGreaterThan(before)
    await assistant.stop('SIGKILL')
    assistant = await startAssistant(home, environment)
  }
  await expect.poll(() => new Set(news()).size).toBe(PEOPLE)
  expect(news().length - PEOPLE).toBeLessThanOrEqual(KILLS * ON_THE_WAY)
})
