import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { Session } from './support/assistant.ts'
import { newAlbum, sendAlbum } from './support/album.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ModelRequest, ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const models: ObedientModel[] = []

afterEach(async () => {
  await stopAllPrograms()
  await Promise.all(models.splice(0).map((model) => model.close()))
  await removeHomes()
})

/** A model that says how many pictures the last message has, and its words. */
async function startSeeingModel(): Promise<ObedientModel> {
  const model = await startObedientModel((request) => ({ text: seen(request) }), 'obedient-vision')
  models.push(model)
  return model
}

function seen({ messages }: ModelRequest): string {
  const content = messages.at(-1)?.content
  const parts = Array.isArray(content) ? (content as { type: string; text?: string }[]) : []
  const words = typeof content === 'string' ? content : parts.map(({ text = '' }) => text).join('')
  const pictures = parts.filter(({ type }) => type === 'image_url').length
  return `${pictures} pictures, ${words.includes('[') ? 'with notes' : `“${words}”`}`
}

const texts = async (driver: Session, chatId: number, count: number): Promise<string[]> =>
  (await botMessages(driver, chatId, count)).map(({ text }) => text)

const environmentOf = (model: ObedientModel, url: string): Record<string, string> => ({
  OPENAI_BASE_URL: model.url,
  TELEGRAM_BOT_TOKEN: TOKEN,
  TELEGRAM_API_ROOT: url,
})

test('an album is one question with all its pictures and its caption, however its parts arrive', async () => {
  const model = await startSeeingModel()
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const ada = await createPerson(driver)
  const bob = await createPerson(driver, 'Bob')
  const toAda = { chatId: ada.id, userId: ada.id }
  // one batch: the assistant is not there yet
  await sendAlbum(emulator, toAda, [{ caption: 'Which is best?' }, {}, {}])
  await startAssistant(await createHome(), environmentOf(model, url))
  expect(await texts(driver, ada.id, 1)).toEqual(['3 pictures, “Which is best?”'])

  // its parts come one by one, the caption in the middle; the full ten; and nobody else waits for it
  const albumId = newAlbum()
  await sendAlbum(emulator, { ...toAda, albumId }, [{}, { caption: 'And these?' }], 200)
  expect(await ask(driver, bob, 'Hello')).toEqual(['0 pictures, “Hello”'])
  expect(await botMessages(driver, ada.id, 0)).toHaveLength(1)
  expect(await texts(driver, ada.id, 2)).toContain('2 pictures, “And these?”')
  await sendAlbum(
    emulator,
    toAda,
    Array.from({ length: 10 }, () => ({})),
  )
  expect((await texts(driver, ada.id, 3))[2]).toMatch(/^10 pictures/)

  // files are an album too, and what comes behind it is answered behind it
  await sendAlbum(emulator, toAda, [{ note: 'milk' }, { note: 'bread', caption: 'What is missing?' }])
  expect(await ask(driver, ada, 'Thanks', 2)).toEqual(['0 pictures, with notes', '0 pictures, “Thanks”'])
  const notes = JSON.stringify(model.requests.at(-2)?.messages.at(-1))
  for (const words of ['What is missing?', 'milk', 'bread']) expect(notes).toContain(words)
})

test('in a group an album is addressed when any of its parts is', async () => {
  const model = await startSeeingModel()
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const ada = await createPerson(driver)
  const group = { type: 'supergroup', title: 'Friends', memberIds: [ada.id] }
  const { id } = await driver.post<{ id: number }>('/chats', group)
  const toGroup = { chatId: id, userId: ada.id }
  await startAssistant(await createHome(), environmentOf(model, url))
  const { bot } = await driver.get<{ bot: { username: string } }>('/state')
  await sendAlbum(emulator, toGroup, [{}, {}, { caption: 'just for us' }])
  await sendAlbum(emulator, toGroup, [{}, { caption: `@${bot.username} look` }, {}])
  const [first] = await botMessages(driver, id)
  expect(first?.text).toMatch(/^3 pictures/)
  await sendAlbum(emulator, toGroup, [{ replyToMessageId: first?.id ?? 0 }, {}])
  expect((await texts(driver, id, 2))[1]).toMatch(/^2 pictures/)
  expect(model.requests).toHaveLength(2)
})

test('an album whose parts are torn apart by kill -9 is still one question', async () => {
  const model = await startSeeingModel()
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const ada = await createPerson(driver)
  const to = { chatId: ada.id, userId: ada.id, albumId: newAlbum() }
  const home = await createHome()
  const assistant = await startAssistant(home, environmentOf(model, url))
  await sendAlbum(emulator, to, [{ caption: 'One question' }, {}])
  // a poll that begins behind them shows that they are on disk
  await expect
    .poll(async () => {
      const { calls } = await driver.get<{ calls: { method: string; params: { offset?: number } }[] }>(
        '/calls',
      )
      const last = calls.findLast(({ method }) => method === 'getUpdates')
      return last?.params.offset ?? 0
    })
    .toBeGreaterThan(1)
  await assistant.stop('SIGKILL')
  await sendAlbum(emulator, to, [{}])
  await startAssistant(home, environmentOf(model, url))
  expect(await texts(driver, ada.id, 1)).toEqual(['3 pictures, “One question”'])
  expect(model.requests).toHaveLength(1)
})

test('an album is one question over a webhook, and a plugin that knows no albums finds all files', async () => {
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const ada = await createPerson(driver)
  const port = await findFreePort()
  const home = await createHome({ 'plugins_config.json': { enabled_plugins: { file_info: true } } })
  await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
    PORT: String(port),
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
    TELEGRAM_WEBHOOK_SECRET: 'a-webhook-secret_42',
  })
  await sendAlbum(emulator, { chatId: ada.id, userId: ada.id }, [
    { note: 'milk' },
    { note: 'bread' },
    { note: 'salt' },
  ])
  const answers = await texts(driver, ada.id, 3)
  expect(answers.map((text) => /note-\d\.txt/.exec(text)?.[0])).toEqual([
    'note-1.txt',
    'note-2.txt',
    'note-3.txt',
  ])
})

test('a part of an album that comes late joins its album, while that is answered and afterwards', async () => {
  const { promise: isHere, resolve: arrive } = Promise.withResolvers<void>()
  async function* slowly(): AsyncGenerator<string> {
    yield 'I see '
    await isHere
  }
  const model = await startObedientModel(
    (request, index) => (index === 0 ? { text: slowly() } : { text: seen(request) }),
    'obedient-vision',
  )
  models.push(model)
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const ada = await createPerson(driver)
  const to = { chatId: ada.id, userId: ada.id }
  await startAssistant(await createHome(), environmentOf(model, url))

  // while the others are answered, and something else waits
  const first = { ...to, albumId: newAlbum() }
  await sendAlbum(emulator, first, [{ caption: 'Which is best?' }, {}])
  await expect.poll(() => model.requests.length).toBe(1)
  await write(driver, ada, 'Hello')
  await sendAlbum(emulator, first, [{}])
  await expect.poll(() => model.requests.length, { timeout: 30_000 }).toBe(3)
  arrive()
  await expect
    .poll(() => texts(driver, ada.id, 0), { timeout: 30_000 })
    .toEqual(['3 pictures, “Which is best?”', '0 pictures, “Hello”'])

  // after the answer
  const second = { ...to, albumId: newAlbum() }
  await sendAlbum(emulator, second, [{ caption: 'And now?' }, {}])
  expect((await texts(driver, ada.id, 3))[2]).toBe('2 pictures, “And now?”')
  await sendAlbum(emulator, second, [{ caption: 'the last one' }])
  await expect
    .poll(async () => (await texts(driver, ada.id, 3)).slice(2))
    .toEqual(['3 pictures, “And now?\n\nthe last one”'])

  // after something else was said, it is a question of its own, which names the album
  expect(await ask(driver, ada, 'Thanks')).toEqual(['0 pictures, “Thanks”'])
  await sendAlbum(emulator, second, [{}])
  expect((await texts(driver, ada.id, 5))[4]).toMatch(/^1 pictures/)
  expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain(
    'belongs to the album of an earlier message',
  )
})

test('in a group, a late part of an album that was addressed is not a message to nobody', async () => {
  const model = await startSeeingModel()
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const ada = await createPerson(driver)
  const group = { type: 'supergroup', title: 'Friends', memberIds: [ada.id] }
  const { id } = await driver.post<{ id: number }>('/chats', group)
  const to = { chatId: id, userId: ada.id, albumId: newAlbum() }
  await startAssistant(await createHome(), environmentOf(model, url))
  const { bot } = await driver.get<{ bot: { username: string } }>('/state')
  await sendAlbum(emulator, to, [{ caption: `@${bot.username} look` }, {}])
  expect(await texts(driver, id, 1)).toEqual([expect.stringMatching(/^2 pictures/)])
  await sendAlbum(emulator, to, [{}])
  await expect.poll(() => texts(driver, id, 1)).toEqual([expect.stringMatching(/^3 pictures/)])
})
