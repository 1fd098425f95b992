import type { TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterEach, expect, test } from 'vitest'
import { createSession, startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const ECHO = `export default class {
  processMessage(message) { return { success: true, response: 'echo ' + message } }
}`
const createEchoHome = (): Promise<string> =>
  createHome({ 'plugins/echo.js': ECHO, 'plugins_config.json': { enabled_plugins: { echo: true } } })

const NEW_TOKEN = '700000001:AAE2E-another-token-for-tests-00000000'

const texts = (messages: readonly TranscriptMessage[]): string[] => messages.map(({ text }) => text)

interface Ready {
  readonly status: string
  readonly components: { readonly sending: { readonly status: string; readonly isTokenRefused: boolean } }
}

async function readiness(url: string): Promise<Ready> {
  return (await (await fetch(`${url}/readyz`)).json()) as Ready
}

test('three chats that meet their own 429 of 600 s hold no other chat', async () => {
  const { url, driver } = await startEmulator()
  await startAssistant(await createEchoHome(), { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  const people = await Promise.all(Array.from({ length: 8 }, () => createPerson(driver)))
  for (const { id } of people.slice(0, 3))
    await driver.post('/faults', {
      kind: 'too-many-requests',
      retryAfter: 600,
      chatId: id,
      method: 'sendMessage',
    })
  await Promise.all(people.slice(0, 3).map((person) => write(driver, person, 'one')))
  const remaining = async (): Promise<number> =>
    (await driver.get<{ remaining: number }>('/faults')).remaining
  await expect.poll(remaining).toBe(0)
  const answers = await Promise.all(people.slice(3).map((person) => ask(driver, person, 'hello')))
  expect(answers.flat()).toEqual(Array(5).fill('echo hello'))
  for (const { id } of people.slice(0, 3)) expect(await botMessages(driver, id, 0)).toEqual([])
})

test('while Telegram refuses the token, answers wait; the owner is told; they go on with it, or with a new token', async () => {
  const home = await createEchoHome()
  const { url, driver } = await startEmulator()
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  const people = await Promise.all(Array.from({ length: 3 }, () => createPerson(driver)))

  const sends = { kind: 'unauthorized', method: 'sendMessage', times: 100_000 }
  await driver.post('/faults', sends)
  await Promise.all(people.map((person) => write(driver, person, 'one')))
  await assistant.waitFor(/"level":"error".*does not know this bot token any more.*BotFather/)
  await expect
    .poll(() => readiness(assistant.url))
    .toMatchObject({
      status: 'not-ready',
      components: { sending: { status: 'failed', isTokenRefused: true } },
    })
  expect(assistant.output()).not.toMatch(/was not delivered/)
  const everything = (): Promise<unknown> => fetch(`${url}/emulator/faults`, { method: 'DELETE' })
  await everything()
  for (const { id } of people) expect(texts(await botMessages(driver, id, 1))).toEqual(['echo one'])
  await expect.poll(() => readiness(assistant.url)).toMatchObject({ status: 'ready' })

  await driver.post('/faults', { ...sends, status: 404 })
  await driver.post('/faults', { kind: 'unauthorized', status: 404, method: 'getMe', times: 100_000 })
  const [ada] = people
  if (!ada) throw new Error('nobody is there')
  await write(driver, ada, 'two')
  await expect.poll(() => readiness(assistant.url)).toMatchObject({ status: 'not-ready' })
  await assistant.stop()

  // the same bot with a new token
  const other = startProgram('packages/bot-api-emulator/src/main.ts', ['--port', '0', '--token', NEW_TOKEN])
  const [newUrl] = await other.waitFor(/http:\/\/127\.0\.0\.1:\d+(?=\s)/)
  const newDriver = createSession(`${newUrl}/emulator`, {})
  const again = await Promise.all(people.map(() => createPerson(newDriver)))
  expect(again.map(({ id }) => id)).toContain(ada.id)
  await startAssistant(home, { TELEGRAM_BOT_TOKEN: NEW_TOKEN, TELEGRAM_API_ROOT: newUrl })
  expect(texts(await botMessages(newDriver, ada.id, 1))).toEqual(['echo two'])
})

test('ids belong to a bot: an update of another bot is answered, though the old bot had one with its id', async () => {
  const home = await createEchoHome()
  const port = String(await findFreePort())
  const secret = 'two-bots-secret'
  const root = `http://127.0.0.1:${port}/telegram/webhook`
  for (const token of [TOKEN, '700000002:AAE2E-token-of-another-bot-0000000000']) {
    const program = startProgram('packages/bot-api-emulator/src/main.ts', ['--port', '0', '--token', token])
    const [url] = await program.waitFor(/http:\/\/127\.0\.0\.1:\d+(?=\s)/)
    const driver = createSession(`${url}/emulator`, {})
    const { id } = await createPerson(driver)
    const assistant = await startAssistant(home, {
      PORT: port,
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_API_ROOT: url,
      TELEGRAM_WEBHOOK_URL: root,
      TELEGRAM_WEBHOOK_SECRET: secret,
    })
    const from = { id, is_bot: false, first_name: 'Ada' }
    const chat = { id, type: 'private', first_name: 'Ada' }
    const message = { message_id: 1, date: 1_800_000_000, from, chat, text: token.slice(0, 9) }
    const response = await fetch(root, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
      body: JSON.stringify({ update_id: 500, message }),
    })
    expect(response.status).toBe(200)
    expect(texts(await botMessages(driver, id, 1))).toEqual([`echo ${token.slice(0, 9)}`])
    await assistant.stop()
  }
})
