import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { Session } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ModelAct, ObedientModel } from './support/obedient-model.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

const models: ObedientModel[] = []

afterEach(async () => {
  await stopAllPrograms()
  await Promise.all(models.splice(0).map((model) => model.close()))
  await removeHomes()
})

const shown = async (driver: Session, chatId: number): Promise<[string, string[]][]> =>
  (await botMessages(driver, chatId, 0)).map(({ text, buttons }) => [
    text,
    buttons.flat().map((button) => button.text),
  ])

test('an answer that was cut can be continued, and one that failed be asked again', async () => {
  let breaks = 1
  const model = await startObedientModel(({ messages }): ModelAct => {
    const words = String(messages.at(-1)?.content)
    if (words.includes('long')) return { text: 'The **first** half', reason: 'length' }
    if (words.includes('Go on')) return { text: 'The second half' }
    if (words.includes('break') && breaks-- > 0) return { text: 'The beginning', reason: 'broken' }
    return { text: words === 'empty' && breaks-- > -5 ? '' : `Answer to ${words}` }
  })
  models.push(model)
  const { url, driver } = await startEmulator()
  const environment = { OPENAI_BASE_URL: model.url, TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url }
  const home = await createHome()
  const assistant = await startAssistant(home, environment)
  const ada = await createPerson(driver)

  await write(driver, ada, 'a long one')
  const [cut] = await botMessages(driver, ada.id)
  expect(cut?.text).toContain('maximum length')
  expect((await shown(driver, ada.id))[0]?.[1]).toEqual(['▶️ Continue'])
  await pressButton(driver, { chatId: ada.id, user: ada, label: '▶️ Continue' })
  await expect.poll(async () => (await shown(driver, ada.id))[1]).toEqual(['The second half', []])
  // the words above stay as they are, without the button
  const [above] = await botMessages(driver, ada.id)
  expect(above).toMatchObject({ text: cut?.text, entities: cut?.entities, buttons: [] })

  await write(driver, ada, 'break')
  await expect.poll(async () => (await shown(driver, ada.id))[2]?.[1]).toEqual(['🔄 Retry'])
  const broken = (await botMessages(driver, ada.id))[2]
  expect(broken?.text).toMatch(/^The beginning\n\n⚠️ The answer was cut off/)
  await pressButton(driver, { chatId: ada.id, user: ada, label: '🔄 Retry' })
  await expect.poll(async () => (await shown(driver, ada.id)).slice(2)).toEqual([['Answer to break', []]])

  // the conversation has each question once, with its whole answer
  await ask(driver, ada, 'Thanks')
  const told = model.requests.at(-1)?.messages.map(({ content }) => String(content)) ?? []
  expect(told.filter((content) => content === 'break')).toHaveLength(1)
  expect(told.join()).not.toContain('The beginning')

  await write(driver, ada, 'empty')
  await expect.poll(async () => (await shown(driver, ada.id))[4]?.[1]).toEqual(['🔄 Retry'])
  breaks = -10
  await pressButton(driver, { chatId: ada.id, user: ada, label: '🔄 Retry' })
  await expect.poll(async () => (await shown(driver, ada.id)).slice(4)).toEqual([['Answer to empty', []]])

  // the questions outlive the program
  breaks = 10
  await write(driver, ada, 'empty')
  await expect.poll(async () => (await shown(driver, ada.id))[5]?.[1]).toEqual(['🔄 Retry'])
  await assistant.stop('SIGKILL')
  await startAssistant(home, environment)
  breaks = -10
  await pressButton(driver, { chatId: ada.id, user: ada, label: '🔄 Retry' })
  await expect.poll(async () => (await shown(driver, ada.id)).slice(5)).toEqual([['Answer to empty', []]])
})
