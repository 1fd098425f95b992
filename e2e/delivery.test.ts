import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const CHATS = 50
const MESSAGES_EACH = long(8, 20)

const ECHO = `export default class {
  processMessage(message) { return { success: true, response: 'echo ' + message } }
}`

async function echoHome(): Promise<string> {
  return createHome({ 'plugins/echo.js': ECHO, 'plugins_config.json': { enabled_plugins: { echo: true } } })
}

async function webhookEnvironment(): Promise<Record<string, string>> {
  const port = String(await findFreePort())
  return {
    PORT: port,
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
    TELEGRAM_WEBHOOK_SECRET: 'delivery-secret',
  }
}

test.each(['polling', 'webhook'])(
  `%s carries ${CHATS * MESSAGES_EACH} messages of ${CHATS} chats: each answered once, in order per chat`,
  async (mode) => {
    const { url, driver } = await startEmulator()
    await startAssistant(await echoHome(), {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: url,
      ...(mode === 'webhook' && (await webhookEnvironment())),
    })
    const people: EmulatedUser[] = []
    for (let index = 0; index < CHATS; index += 1) people.push(await createPerson(driver, `Person ${index}`))
    for (let index = 0; index < MESSAGES_EACH; index += 1) {
      await Promise.all(people.map((person) => write(driver, person, `${person.id}-${index}`)))
    }
    const expected = (person: EmulatedUser) =>
      Array.from({ length: MESSAGES_EACH }, (_, index) => `echo ${person.id}-${index}`)
    const answers = async (person: EmulatedUser) => {
      const { messages } = await driver.get<{ messages: TranscriptMessage[] }>(`/chats/${person.id}/messages`)
      return messages.filter((message) => message.fromBot).map((message) => message.text)
    }
    const end = Date.now() + 200_000
    for (const person of people) {
      while ((await answers(person)).length < MESSAGES_EACH && Date.now() < end) await sleep(50)
    }
    // time for a repeated answer to arrive
    await sleep(500)
    for (const person of people) expect(await answers(person)).toEqual(expected(person))
  },
)
