import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { Session } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { stopAllPrograms } from './support/program.ts'

const models: ObedientModel[] = []

afterEach(async () => {
  await stopAllPrograms()
  await Promise.all(models.splice(0).map((model) => model.close()))
  await removeHomes()
})

interface Stage {
  readonly driver: Session
  readonly model: ObedientModel
  /** Ends the first answer, which is written until then. */
  finish(): void
}

/** A model whose first answer goes on until it is finished; the others come at once. */
async function startStage(): Promise<Stage> {
  const story = { isFinished: false }
  async function* endlessly(): AsyncGenerator<string> {
    for (let word = 1; !story.isFinished; word++) {
      yield `word ${word} `
      await sleep(50)
    }
    yield 'the end'
  }
  const model = await startObedientModel(({ messages }, index) => {
    const words = String(messages.at(-1)?.content)
    return { text: index === 0 ? endlessly() : `Answer to ${words.slice(words.indexOf(' ') + 1)}` }
  })
  models.push(model)
  const { url, driver } = await startEmulator()
  const home = await createHome({ 'plugins_config.json': { enabled_plugins: { dice: true } } })
  await startAssistant(home, {
    OPENAI_BASE_URL: model.url,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
  })
  return { driver, model, finish: () => void (story.isFinished = true) }
}

async function reactions(driver: Session, chatId: number, text: string): Promise<string[]> {
  const { messages } = await driver.get<{
    messages: { text: string; reactions: { emoji: string }[] }[]
  }>(`/chats/${chatId}/messages`)
  return messages.find((message) => message.text === text)?.reactions.map(({ emoji }) => emoji) ?? []
}

test('commands are answered while the model writes; a question is marked as seen and answered next', async () => {
  const { driver, model, finish } = await startStage()
  const ada = await createPerson(driver)
  await write(driver, ada, 'A long story')
  await expect.poll(() => model.requests.length).toBe(1)
  await write(driver, ada, 'q: Second')
  await expect.poll(() => reactions(driver, ada.id, 'q: Second')).toEqual(['👀'])
  expect((await ask(driver, ada, '/help'))[0]).toContain('/roll')
  expect((await ask(driver, ada, '/roll 1d1'))[0]).toContain('1')
  await write(driver, ada, 'q: Third')
  await expect.poll(() => reactions(driver, ada.id, 'q: Third')).toEqual(['👀'])
  expect(model.requests).toHaveLength(1)
  finish()
  const texts = (await botMessages(driver, ada.id, 5)).map(({ text }) => text)
  expect(texts[2]).toMatch(/^word 1 .*the end$/)
  expect(texts.slice(3)).toEqual(['Answer to Second', 'Answer to Third'])
  await expect.poll(() => reactions(driver, ada.id, 'q: Second')).toEqual([])
  await expect.poll(() => reactions(driver, ada.id, 'q: Third')).toEqual([])
})

test('in a group too; what is not for the assistant gets no mark', async () => {
  const { driver, model, finish } = await startStage()
  const ada = await createPerson(driver)
  const bob = await createPerson(driver, 'Bob')
  const group = { type: 'supergroup', title: 'Friends', memberIds: [ada.id, bob.id] }
  const { id } = await driver.post<{ id: number }>('/chats', group)
  const say = (userId: number, text: string): Promise<unknown> =>
    driver.post(`/chats/${id}/messages`, { userId, text })
  const { bot } = await driver.get<{ bot: { username: string } }>('/state')
  await say(ada.id, `@${bot.username} A long story`)
  await expect.poll(() => model.requests.length).toBe(1)
  const [story] = await botMessages(driver, id)
  await say(bob.id, 'between us')
  await say(bob.id, `@${bot.username} Second`)
  await expect.poll(() => reactions(driver, id, `@${bot.username} Second`)).toEqual(['👀'])
  expect(await reactions(driver, id, 'between us')).toEqual([])
  await say(bob.id, '/roll 1d1')
  const [, roll] = await botMessages(driver, id, 2)
  expect(roll?.text).toContain('1')
  expect(story?.text).not.toContain('the end')
  finish()
  expect((await botMessages(driver, id, 3))[2]?.text).toContain('Second')
})

test('a private chat has a button that stops the answer; what was written stays, and is remembered', async () => {
  const { driver, model } = await startStage()
  const ada = await createPerson(driver)
  interface Draft {
    readonly draftId: number
    readonly canStop: boolean
    readonly text: string
  }
  const drafts = async (): Promise<Draft[]> =>
    (await driver.get<{ drafts: Draft[] }>(`/chats/${ada.id}/drafts`)).drafts
  await write(driver, ada, 'A long story')
  await expect.poll(async () => (await drafts())[0]?.text).toContain('word 2')
  const [draft] = await drafts()
  expect(draft?.canStop).toBe(true)
  // what others might press changes nothing
  const stopped = { chat: { id: 1, type: 'private', first_name: 'Eve' }, draft_id: draft?.draftId }
  await driver.post('/control/raw-update', { stopped_message_generation: stopped })
  await driver.post(`/chats/${ada.id}/drafts/${draft?.draftId}/stop`, {})
  const [answer] = await botMessages(driver, ada.id)
  expect(answer?.text).toMatch(/^word 1 word 2 .*\n\n⏹ Stopped\.$/s)
  expect(await ask(driver, ada, 'q: And now?')).toEqual(['Answer to And now?'])
  const told = JSON.stringify(model.requests.at(-1)?.messages)
  expect(told).toContain('word 2')
  expect(told).toContain('broke off')
})

test('the mark of a question that waited is taken away after kill -9, too', async () => {
  const { url, driver } = await startEmulator()
  const ada = await createPerson(driver)
  const home = await createHome({
    'config.json': { plugin_host: { plugins: { slowly: { isolation: 'inline' } } } },
    'plugins_config.json': { enabled_plugins: { slowly: true, ai_chatbot: false } },
    'plugins/slowly.js': `import { existsSync } from 'node:fs'
      export default class {
        processMessage(message) {
          if (message === 'A long story' && !existsSync(new URL('../quickly', import.meta.url))) return new Promise(() => {})
          return { success: true, response: 'Answer to ' + message }
        }
      }`,
  })
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const assistant = await startAssistant(home, environment)
  await write(driver, ada, 'A long story')
  for (const text of ['Second', 'Third']) {
    await write(driver, ada, text)
    await expect.poll(() => reactions(driver, ada.id, text)).toEqual(['👀'])
  }
  await assistant.stop('SIGKILL')
  await writeFile(join(home, 'quickly'), '')
  await startAssistant(home, environment)
  const texts = (await botMessages(driver, ada.id, 3)).map(({ text }) => text)
  expect(texts).toEqual(['Answer to A long story', 'Answer to Second', 'Answer to Third'])
  for (const text of ['Second', 'Third']) await expect.poll(() => reactions(driver, ada.id, text)).toEqual([])
})
