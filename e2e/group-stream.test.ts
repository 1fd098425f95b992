import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
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

async function* endlessly(): AsyncGenerator<string> {
  for (let word = 1; ; word++) {
    yield `word ${word} `
    await sleep(50)
  }
}

test('a group answer that was killed half-way leaves no half message and no dead button behind', async () => {
  const model = await startObedientModel((_request, index) => ({
    text: index === 0 ? endlessly() : 'This is the answer.',
  }))
  models.push(model)
  const { url, driver } = await startEmulator()
  const home = await createHome({ 'config.json': { plugins: { ai_chatbot: { groups: 'always' } } } })
  const environment = { OPENAI_BASE_URL: model.url, TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const ada = await createPerson(driver)
  const group = { type: 'supergroup', title: 'Friends', memberIds: [ada.id] }
  const { id } = await driver.post<{ id: number }>('/chats', group)
  const assistant = await startAssistant(home, environment)
  await driver.post(`/chats/${id}/messages`, { userId: ada.id, text: 'Is it?' })
  const [half] = await botMessages(driver, id)
  expect(half?.buttons.flat().map(({ text }) => text)).toEqual(['⏹ Stop'])
  // by the first edit, the preview has been noted
  await expect.poll(async () => (await botMessages(driver, id))[0]?.text).not.toBe(half?.text)
  await assistant.stop('SIGKILL')

  await startAssistant(home, environment)
  await expect
    .poll(async () => (await botMessages(driver, id, 0)).map(({ text, buttons }) => ({ text, buttons })))
    .toEqual([{ text: 'This is the answer.', buttons: [] }])
})
