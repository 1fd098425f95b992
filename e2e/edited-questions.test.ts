import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterEach, expect, test } from 'vitest'
import { sendAlbum } from './support/album.ts'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ModelAct, ModelRequest, ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const models: ObedientModel[] = []

afterEach(async () => {
  await stopAllPrograms()
  await Promise.all(models.splice(0).map((model) => model.close()))
  await removeHomes()
})

const words = ({ messages }: ModelRequest): string => {
  const content = messages.at(-1)?.content
  if (typeof content === 'string') return content
  return (content as { type: string; text?: string }[])
    .map(({ type, text }) => (type === 'text' ? text : `<${type}>`))
    .join('')
}

async function* endlessly(): AsyncGenerator<string> {
  for (let word = 1; ; word++) {
    yield `word ${word} `
    await sleep(50)
  }
}

const NOTES = `export default class {
  static manifest = { commands: { note: { description: 'Counts' } } }
  #count = 0
  processMessage(message, { command }) {
    return command?.name === 'note' ? { success: true, response: 'noted ' + ++this.#count } : undefined
  }
}`

interface Stage {
  readonly emulator: RunningEmulator
  readonly driver: Session
  readonly model: ObedientModel
  readonly home: string
  readonly environment: Record<string, string>
  readonly assistant: RunningAssistant
  readonly ada: EmulatedUser
}

/** "slow …" is answered for ever; "fail" gets an error. */
async function startStage(): Promise<Stage> {
  const model = await startObedientModel((request): ModelAct => {
    const text = words(request)
    if (text.includes('slow')) return { text: endlessly() }
    if (text === 'fail') return { text: '' }
    return { text: `Answer to ${text}` }
  }, 'obedient-vision')
  models.push(model)
  const emulator = await startEmulator()
  const { driver, url } = emulator
  const home = await createHome({
    'plugins/notes.js': NOTES,
    'plugins_config.json': { enabled_plugins: { notes: true } },
  })
  const environment = { OPENAI_BASE_URL: model.url, TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const assistant = await startAssistant(home, environment)
  return { emulator, driver, model, home, environment, assistant, ada: await createPerson(driver) }
}

async function edit(
  { emulator }: Pick<Stage, 'emulator'>,
  message: TranscriptMessage,
  userId: number,
  text: string,
): Promise<void> {
  const response = await fetch(`${emulator.url}/emulator/chats/${message.chatId}/messages/${message.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, text }),
  })
  expect(response.ok).toBe(true)
}

const texts = async (driver: Session, chatId: number): Promise<string[]> =>
  (await botMessages(driver, chatId, 0)).map(({ text }) => text)

test('an edited last question gets a new answer in place of the old one, while that is written and after a restart', async () => {
  const stage = await startStage()
  const { driver, ada, model } = stage
  expect(await ask(driver, ada, 'First')).toEqual(['Answer to First'])

  // while it is written
  const slow = await write(driver, ada, 'slow one')
  await expect.poll(() => model.requests.length).toBe(2)
  await edit(stage, slow, ada.id, 'quick one')
  await expect.poll(() => texts(driver, ada.id)).toEqual(['Answer to First', 'Answer to quick one'])

  // twice, and the conversation has the new words alone
  await edit(stage, slow, ada.id, 'quicker one')
  await expect.poll(() => texts(driver, ada.id)).toEqual(['Answer to First', 'Answer to quicker one'])
  const asked = await write(driver, ada, 'Next')
  await expect.poll(async () => (await texts(driver, ada.id)).at(-1)).toBe('Answer to Next')
  const told = JSON.stringify(model.requests.at(-1)?.messages)
  expect(told).toContain('quicker one')
  expect(told).not.toContain('slow one')
  expect(told).not.toContain('quick one')

  // after a restart
  await stage.assistant.stop('SIGKILL')
  await startAssistant(stage.home, stage.environment)
  await edit(stage, asked, ada.id, 'Next year')
  await expect
    .poll(() => texts(driver, ada.id))
    .toEqual(['Answer to First', 'Answer to quicker one', 'Answer to Next year'])

  // one that failed
  const failed = await write(driver, ada, 'fail')
  await expect.poll(async () => (await texts(driver, ada.id)).at(-1)).toContain('empty answer')
  await edit(stage, failed, ada.id, 'work')
  await expect
    .poll(async () => (await texts(driver, ada.id)).slice(2))
    .toEqual(['Answer to Next year', 'Answer to work'])

  // an older one changes what is remembered, and nothing else
  const before = model.requests.length
  await edit(stage, asked, ada.id, 'Next decade')
  expect(await ask(driver, ada, 'Last')).toEqual(['Answer to Last'])
  expect(model.requests).toHaveLength(before + 1)
  const remembered = JSON.stringify(model.requests.at(-1)?.messages)
  expect(remembered).toContain('Next decade')
  expect(remembered).not.toContain('"Next year"')
})

test('edits that ask nothing new stay quiet: commands, live locations, previews of links, words of others', async () => {
  const stage = await startStage()
  const { driver, ada, model } = stage
  const command = await write(driver, ada, '/note')
  expect((await botMessages(driver, ada.id))[0]?.text).toBe('noted 1')
  const question = await write(driver, ada, 'See example.org')
  await botMessages(driver, ada.id, 2)
  const { length } = model.requests

  await edit(stage, command, ada.id, '/note again')
  await edit(stage, question, ada.id, 'See example.org')
  await edit(stage, question, ada.id, '/note')
  const from = { id: ada.id, is_bot: false, first_name: 'Ada' }
  const chat = { id: ada.id, type: 'private', first_name: 'Ada' }
  const raw = (edited: object): Promise<unknown> =>
    driver.post('/control/raw-update', { edited_message: { date: 1, edit_date: 2, chat, from, ...edited } })
  const place = { latitude: 1, longitude: 2, live_period: 900 }
  for (let step = 0; step < 5; step += 1)
    await raw({ message_id: 9_000, location: { ...place, latitude: step } })
  await raw({ message_id: question.id, location: place, text: 'here' })
  await raw({ message_id: 9_001, text: 'never seen before' })
  await raw({ message_id: question.id, from: { ...from, id: 999_999 }, text: 'words of somebody else' })
  expect(await ask(driver, ada, 'Still there?')).toEqual(['Answer to Still there?'])
  expect(model.requests).toHaveLength(length + 1)
  expect(await texts(driver, ada.id)).toHaveLength(3)
})

test('in a group, in a channel and of an album, an edited question gets a new answer', async () => {
  const stage = await startStage()
  const { driver, emulator, ada } = stage
  const { bot } = await driver.get<{ bot: { username: string } }>('/state')
  const bob = await createPerson(driver, 'Bob')
  const group = { type: 'supergroup', title: 'Friends', memberIds: [ada.id, bob.id] }
  const { id } = await driver.post<{ id: number }>('/chats', group)
  const question = await driver.post<TranscriptMessage>(`/chats/${id}/messages`, {
    userId: ada.id,
    text: `@${bot.username} slow one`,
  })
  // its first words are there, with a button
  await botMessages(driver, id)
  await edit(stage, question, ada.id, 'quick one')
  await expect.poll(() => texts(driver, id)).toEqual([expect.stringMatching(/^Answer to Ada: quick one/)])
  expect((await botMessages(driver, id))[0]?.buttons).toEqual([])

  const channel = await driver.post<{ id: number }>('/chats', {
    type: 'channel',
    title: 'News',
    memberIds: [ada.id],
  })
  const post = await driver.post<TranscriptMessage>(`/chats/${channel.id}/messages`, {
    userId: ada.id,
    text: `@${bot.username} what is new?`,
  })
  await botMessages(driver, channel.id)
  await edit(stage, post, ada.id, `@${bot.username} what is old?`)
  await expect.poll(() => texts(driver, channel.id)).toEqual([expect.stringContaining('what is old?')])

  const to = { chatId: ada.id, userId: ada.id }
  const [, part] = await sendAlbum(emulator, to, [{}, { caption: 'Which is best?' }, {}])
  await botMessages(driver, ada.id)
  await edit(stage, part as TranscriptMessage, ada.id, 'Which is worst?')
  await expect
    .poll(() => texts(driver, ada.id))
    .toEqual([`Answer to ${'<image_url>'.repeat(3)}Which is worst?`])
})

test('a question that waits is answered once, with its new words; one that is answered keeps its place', async () => {
  const stage = await startStage()
  const { driver, emulator, ada, model } = stage
  const slow = await write(driver, ada, 'slow one')
  await expect.poll(() => model.requests.length).toBe(1)
  const second = await write(driver, ada, 'Second')
  await edit(stage, second, ada.id, 'Second, better')
  await edit(stage, second, ada.id, 'Second, best')
  const album = { chatId: ada.id, userId: ada.id }
  const [, part] = await sendAlbum(emulator, album, [{}, { caption: 'Which is best?' }, {}])
  await edit(stage, part as TranscriptMessage, ada.id, 'Which is worst?')
  const last = await write(driver, ada, 'Last')
  // the answer to the new words of the first one is slow as well: the others wait for it
  await edit(stage, slow, ada.id, 'slow two')
  await expect.poll(() => model.requests.length).toBe(2)
  await edit(stage, last, ada.id, 'Last of all')
  await edit(stage, slow, ada.id, 'First')
  await expect
    .poll(() => texts(driver, ada.id), { timeout: 30_000 })
    .toEqual([
      'Answer to First',
      'Answer to Second, best',
      `Answer to ${'<image_url>'.repeat(3)}Which is worst?`,
      'Answer to Last of all',
    ])
  expect(await ask(driver, ada, 'Still there?')).toEqual(['Answer to Still there?'])
  expect(model.requests).toHaveLength(7)
})
